using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Presentation;
using PluginHost.Hosting;
using PluginHost.Skills.Chain;

namespace PluginHost.Cli.Attest;

/// <summary><c>attest verify</c>: tells what became of each link of a chain, and its grade.</summary>
internal static class AttestVerifyCommand
{
    public static Command Create()
    {
        var (flags, json) = (new JudgementFlags(), CommandOutput.JsonOption());
        var command = new Command("verify", "Tell of each link of a skill's chain whether it counts, and the grade of all. Exits with 2 where it is refused. Writes nothing.") { json };
        flags.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var (_, judgement, refusal, _) = flags.Judge(parse);
            var chain = judgement.Chain;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, Json(chain, refusal));
            }
            else
            {
                Write(chain, refusal, parse.InvocationConfiguration.Output);
            }

            return refusal is null ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static void Write(ChainReport chain, SkillException? refusal, TextWriter output)
    {
        var table = new TextTable("link", "role", "narrator", "counts", "what");
        foreach (var link in chain.Links)
        {
            table.Add(
                new Cell(link.Link.Id[..16]),
                new Cell(LinkKinds.NameOf(link.Link.Role)),
                new Cell(ChainText.Narrator(link)),
                new Cell(link.Counts ? "yes" : $"no, {link.Rule}", link.Counts ? CellMark.Good : CellMark.Warn),
                new Cell(link.Counts ? link.Link.Detail : link.Reason));
        }

        if (!table.IsEmpty)
        {
            table.Write(output);
        }

        foreach (var link in chain.Unread)
        {
            output.WriteLine(Printable.Text($"not read: {link.Id[..16]} {link.Kind}: {link.Said}"));
        }

        if (ChainText.Malformed(chain) is { } lines)
        {
            output.WriteLine($"not read: {lines}");
        }

        foreach (var warning in chain.Warnings)
        {
            output.WriteLine(Printable.Text($"warning: {warning}"));
        }

        output.WriteLine(Printable.Text($"grade {ChainGrades.NameOf(chain.Grade)} ({ChainGrades.MeaningOf(chain.Grade)}): {chain.Why}"));
        if (refusal is not null)
        {
            output.WriteLine(Printable.Text($"refused: {refusal.Code}: {refusal.Message}"));
        }
    }

    private static JsonObject Json(ChainReport chain, SkillException? refusal) => new()
    {
        ["grade"] = ChainGrades.NameOf(chain.Grade),
        ["why"] = chain.Why,
        ["cap"] = ChainGrades.CapOf(chain.Grade),
        ["links"] = ChainText.Links(chain),
        ["not_read"] = new JsonArray([.. chain.Unread.Select(link => (JsonNode)new JsonObject { ["link"] = link.Id, ["kind"] = link.Kind, ["rule"] = link.Rule, ["reason"] = link.Reason })]),
        ["malformed_lines"] = chain.Malformed,
        ["warnings"] = new JsonArray([.. chain.Warnings.Select(warning => (JsonNode)warning)]),
        ["refused"] = refusal is null ? null : new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message },
    };
}
