using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Log;
using PluginHost.Cli.Skills;
using PluginHost.Hosting;
using PluginHost.Registry.Publishing;

namespace PluginHost.Cli.Registries;

/// <summary><c>registry audit</c>: looks at all of a registry without trusting any of it.</summary>
internal static class RegistryAuditCommand
{
    public static Command Create()
    {
        var files = new RegistryFilesFlag();
        var (demands, json) = (new InspectionFlags(), CommandOutput.JsonOption());
        var command = new Command("audit", "Hold a registry's files against what it says, what it says against its key, and its log against its tree. Writes nothing.") { files.Place };
        files.AddTo(command);
        demands.AddTo(command);
        command.Add(json);
        command.SetAction(parse => LogFlags.Guard(parse, parse.GetValue(json), async () =>
        {
            var opened = files.Open(parse, isNew: false);
            using var disposing = opened as IDisposable;
            var audit = new RegistryAudit(opened, InspectionFlags.Settings(demands.Options(parse)), TimeProvider.System);
            var (content, findings) = await audit.RunAsync(CancellationToken.None).ConfigureAwait(false);
            var faults = findings.Count(finding => finding.IsFault);
            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, new JsonObject
                {
                    ["registry"] = content.Description.Name,
                    ["key"] = content.Description.Key,
                    ["timestamp_version"] = content.Timestamp.Version,
                    ["expires"] = content.Timestamp.Expires.UtcDateTime,
                    ["packages"] = content.Entries.Length,
                    ["advisories"] = content.Advisories.Length,
                    ["faults"] = faults,
                    ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject { ["fault"] = finding.IsFault, ["place"] = finding.Place, ["message"] = finding.Message })]),
                });
            }
            else
            {
                var output = parse.InvocationConfiguration.Output;
                foreach (var finding in findings)
                {
                    output.WriteLine(Printable.Text($"{(finding.IsFault ? "fault" : "note")} {finding.Place}: {finding.Message}"));
                }

                output.WriteLine(Printable.Text($"{content.Description.Name}: {content.Entries.Length} packages, {content.Advisories.Length} advisories, fresh until {content.Timestamp.Expires:u}; {(faults == 0 ? "nothing is wrong" : $"{faults} faults")}"));
            }

            return faults == 0 ? ExitCode.Done : ExitCode.Refused;
        }));
        return command;
    }
}
