using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Audit;
using PluginHost.Cli.State;
using PluginHost.State;

namespace PluginHost.Cli.Consents;

/// <summary><c>consent revoke</c>: takes consent back, on record. Skills that are loaded go on until they are disposed.</summary>
internal static class ConsentRevokeCommand
{
    public static Command Create()
    {
        var skill = new Argument<string>("skill") { Description = "Id of the skill." };
        var payload = new Option<string?>("--payload") { Description = "Only for these bytes; without it for every version.", HelpName = "SHA256" };
        var state = StateFlag.Create();
        var json = CommandOutput.JsonOption();
        var command = new Command("revoke", "Take recorded consents back.") { skill, payload, state, json };
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var store = ConsentListCommand.Store(parse.GetValue(state));
            var count = Revoke(StateFlag.Open(parse.GetValue(state))!, store, parse.GetRequiredValue(skill), parse.GetValue(payload)?.ToLowerInvariant());
            var output = parse.InvocationConfiguration.Output;
            if (parse.GetValue(json))
            {
                CommandOutput.Write(output, new JsonObject { ["revoked"] = count });
            }
            else
            {
                output.WriteLine($"took {count} {(count == 1 ? "consent" : "consents")} back");
            }

            return ExitCode.Done;
        }));
        return command;
    }

    private static int Revoke(StateRoot root, Consent.ConsentStore store, string skill, string? payload)
    {
        var time = TimeProvider.System;
        var settings = AuditSettings.Default with { Durability = AuditDurability.EachRecord, Signer = HostKeyFile.Signer(root.HostKey), OwnsFolder = true };
        using var audit = AuditLog.Open(root.NewAuditFile(time), time, settings);
        audit.Append("consent", writer =>
        {
            writer.WriteString("skill", skill);
            writer.WriteString("payload", payload ?? "");
            writer.WriteString("decision", "revoke");
            writer.WriteString("who", Environment.UserName);
        });
        return store.Revoke(skill, payload);
    }
}
