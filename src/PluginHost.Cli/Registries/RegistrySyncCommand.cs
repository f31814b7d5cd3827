using System.CommandLine;
using System.Text.Json.Nodes;
using PluginHost.Cli.Library;
using PluginHost.Cli.Presentation;

namespace PluginHost.Cli.Registries;

/// <summary><c>registry sync</c>: a host follows a registry.</summary>
internal static class RegistrySyncCommand
{
    public static Command Create()
    {
        var (verb, registry) = (new LibraryVerb(), new RegistryFlags());
        var command = new Command("sync", "Follow a registry: quarantine what it killed, take over what became known, and tell what it keeps quiet about.");
        registry.AddPlaceTo(command);
        return verb.Complete(command, "following the registry", (parse, host, _) =>
        {
            var report = host.Library.SyncAsync(registry.Place(parse)).GetAwaiter().GetResult();
            return (Text(report), Json(report), report.IsStale || report.Withheld.Count > 0 || report.Quarantined.Count > 0 ? ExitCode.Refused : ExitCode.Done);
        });
    }

    private static VerbText Text(SkillRegistryReport report)
    {
        List<string> lines = [$"{report.Name}: {report.Offered} packages, {(report.IsStale ? $"stale since {report.Expires:u}" : $"fresh until {report.Expires:u}")}{(report.LogSize is { } size ? $"; {size} entries in its log" : "")}"];
        if (report.LogSize is null)
        {
            lines.Add("its log is not held against anything: the policy names none of it ([chain] log_policy, docs/registry.md)");
        }

        lines.AddRange(report.Quarantined.Select(told => $"quarantined {told}"));
        lines.AddRange(report.Withheld.Select(told => $"withheld: {told}"));
        lines.AddRange(report.Updates.Select(told => $"newer: {told}"));
        lines.AddRange(report.Advisories.Select(advisory => $"{advisory.Action} {advisory.SkillId} {advisory.Version} ({advisory.IssuedAt:yyyy-MM-dd}): {advisory.Reason}"));
        return [.. lines];
    }

    private static JsonObject Json(SkillRegistryReport report) => new()
    {
        ["index"] = report.Index.AbsoluteUri,
        ["registry"] = report.Name,
        ["timestamp_version"] = report.Version,
        ["expires"] = report.Expires.UtcDateTime,
        ["stale"] = report.IsStale,
        ["offered"] = report.Offered,
        ["log_size"] = report.LogSize,
        ["quarantined"] = Texts(report.Quarantined),
        ["withheld"] = Texts(report.Withheld),
        ["updates"] = Texts(report.Updates),
        ["advisories"] = new JsonArray([.. report.Advisories.Select(advisory => (JsonNode)new JsonObject
        {
            ["action"] = advisory.Action, ["skill_id"] = advisory.SkillId, ["version"] = advisory.Version, ["payload_sha256"] = advisory.PayloadDigest, ["reason"] = advisory.Reason, ["issued_at"] = advisory.IssuedAt.UtcDateTime,
        })]),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
