using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Trust;

namespace PluginHost.Cli.Attest;

/// <summary><c>skills explain</c>: who stands behind a skill, on whose word, and what that comes to.</summary>
internal static class SkillsExplainCommand
{
    public static Command Create()
    {
        var (flags, json) = (new JudgementFlags(), CommandOutput.JsonOption());
        var command = new Command("explain", "Tell who stands behind a skill: its chain, its grade, its score and what earned it. Writes nothing.") { json };
        flags.AddTo(command);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var (trusted, judgement, refusal, options) = flags.Judge(parse);
            var score = ChainRoom.ScoreOf(judgement, ChainRoom.Thresholds(options.Chain));
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, Json(trusted, judgement, score, refusal));
            }
            else
            {
                Write(trusted, judgement, score, refusal, parse.InvocationConfiguration.Output);
            }

            return refusal is null ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }

    private static string Verdict(SkillJudgement judgement, SkillScore score, SkillException? refusal) =>
        !judgement.Score.Gates.IsEmpty ? "blocked" : refusal is not null ? "deny" : score.IsContradicted || score.Value < (score.Threshold ?? TrustScore.DefaultThresholds[(int)score.Exposure]) ? "approve" : "allow";

    private static void Write(TrustedSkill trusted, SkillJudgement judgement, SkillScore score, SkillException? refusal, TextWriter output)
    {
        var (manifest, chain) = (trusted.Signed.Manifest, judgement.Chain);
        var publisher = trusted.Signed.Signature.KeyId;
        void Line(string text) => output.WriteLine(Printable.Text(text));
        Line($"{manifest.SkillId} {manifest.Version} by {manifest.Publisher} ({publisher}, {trusted.Evidence.Word})");
        Line($"payload {trusted.Signed.Artifact.Payload}");
        output.WriteLine();
        var asked = score.Threshold is { } threshold ? $"{threshold} is asked for" : $"{TrustScore.DefaultThresholds[(int)score.Exposure]} is usual, this host asks for none";
        Line($"score {score.Value} of 100, at most {score.Cap} with this chain; {score.Exposure.ToString().ToLowerInvariant()} exposure, for which {asked}: {Verdict(judgement, score, refusal)}");
        Line($"chain {score.Grade} ({ChainGrades.MeaningOf(chain.Grade)}): {chain.Why}");
        if (refusal is not null)
        {
            Line($"refused: {refusal.Code}: {refusal.Message}");
        }

        foreach (var gate in judgement.Score.Gates)
        {
            Line($"barred: {gate}");
        }

        output.WriteLine();
        foreach (var line in ChainText.Draw(chain).DefaultIfEmpty($"author {publisher}: signed the package; nobody else says anything of it"))
        {
            output.WriteLine($"  {line}");
        }

        Section(output, "does not count:", ChainText.Ignored(chain));
        Section(output, "look at this:", chain.Warnings.Select(Printable.Words));
        Section(output, "trust flows along:", chain.Paths.Select(path => ChainText.Way(path, chain)));
        Section(output, "trust flows to what speaks against it along:", chain.PathsAgainst.Select(path => ChainText.Way(path, chain)));
        Section(output, "the score:", score.Components.Select(component => FormattableString.Invariant($"{component.Weight * component.Value / 1000.0,6:0.00}  {component.Name,-12} {component.Weight,2} x {component.Value,4}  ") + Printable.Words(component.Reason + ChainText.Names(component.Evidence))));
    }

    private static void Section(TextWriter output, string title, IEnumerable<string> lines)
    {
        var any = false;
        foreach (var line in lines)
        {
            if (!any)
            {
                output.WriteLine();
                output.WriteLine(title);
                any = true;
            }

            output.WriteLine($"  {line}");
        }
    }

    private static JsonArray Ways(ImmutableArray<FlowPath> paths, ChainReport chain) => new([.. paths.Select(path => (JsonNode)new JsonObject { ["amount"] = path.Amount, ["isnad"] = new JsonArray([.. path.Steps.Select((_, at) => (JsonNode)ChainText.Step(path, at, chain))]), ["vouches"] = new JsonArray([.. path.Vouches.Select(vouch => (JsonNode)vouch)]) })]);

    private static JsonObject Json(TrustedSkill trusted, SkillJudgement judgement, SkillScore score, SkillException? refusal)
    {
        var chain = judgement.Chain;
        var components = new JsonObject();
        foreach (var component in judgement.Score.Components)
        {
            components[component.Name] = new JsonObject { ["w"] = component.Weight, ["value"] = component.Value, ["why"] = component.Why, ["evidence"] = new JsonArray([.. component.Evidence.Select(name => (JsonNode)name)]) };
        }

        var audits = components["audits"]!.AsObject();
        audits["flowPositive"] = chain.Positive;
        audits["flowNegative"] = chain.Negative;
        audits["paths"] = Ways(chain.Paths, chain);
        audits["pathsAgainst"] = Ways(chain.PathsAgainst, chain);
        return new JsonObject
        {
            ["skill_id"] = trusted.Signed.Manifest.SkillId,
            ["version"] = trusted.Signed.Manifest.Version.ToString(),
            ["publisher"] = trusted.Signed.Manifest.Publisher,
            ["payload_sha256"] = trusted.Signed.Artifact.Payload,
            ["verdict"] = Verdict(judgement, score, refusal),
            ["score"] = score.Value,
            ["grade"] = score.Grade,
            ["grade_reason"] = score.GradeReason,
            ["cap"] = score.Cap,
            ["exposure"] = score.Exposure.ToString().ToLowerInvariant(),
            ["threshold"] = score.Threshold,
            ["gates"] = new JsonArray([.. judgement.Score.Gates.Select(gate => (JsonNode)gate)]),
            ["refused"] = refusal is null ? null : new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message },
            ["components"] = components,
            ["links"] = ChainText.Links(chain),
            ["ignored"] = new JsonArray([
                .. chain.Links.Where(link => !link.Counts).Select(link => (JsonNode)new JsonObject { ["link"] = link.Link.Id, ["rule"] = link.Rule, ["reason"] = link.Reason }),
                .. chain.Unread.Select(link => (JsonNode)new JsonObject { ["link"] = link.Id, ["rule"] = link.Rule, ["reason"] = link.Reason })]),
            ["malformed_lines"] = chain.Malformed,
            ["warnings"] = new JsonArray([.. chain.Warnings.Select(warning => (JsonNode)warning)]),
            ["evidence"] = new JsonArray([.. chain.Evidence.Select(id => (JsonNode)id)]),
        };
    }
}
