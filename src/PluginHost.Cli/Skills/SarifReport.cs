using System.Text.Json.Nodes;
using PluginHost.Scan;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scanning;

namespace PluginHost.Cli.Skills;

/// <summary>Findings in the form that code hosts and editors read (SARIF 2.1.0), and the rules that were not run beside them: nothing found by those says nothing.</summary>
internal static class SarifReport
{
    public static JsonObject Of(ScanReport report, YaraRules rules) => new()
    {
        ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
        ["version"] = "2.1.0",
        ["runs"] = new JsonArray(new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = "PluginHost.Scan",
                    ["version"] = ProductVersion.Text,
                    ["rules"] = new JsonArray([.. report.Findings.GroupBy(finding => finding.Id, StringComparer.Ordinal).Select(group => (JsonNode)new JsonObject
                    {
                        ["id"] = group.Key,
                        ["shortDescription"] = Text(group.First().Message),
                        ["help"] = Text(group.First().Advice),
                        ["defaultConfiguration"] = new JsonObject { ["level"] = Level(group.First().Severity) },
                    })]),
                    ["properties"] = new JsonObject { ["ruleSet"] = rules.Digest },
                },
            },
            ["invocations"] = new JsonArray(new JsonObject
            {
                ["executionSuccessful"] = true,
                ["toolConfigurationNotifications"] = new JsonArray([.. report.NotRun.Select(NotRun)]),
                ["toolExecutionNotifications"] = new JsonArray([.. report.Omitted > 0 ? [Omitted(report)] : Array.Empty<JsonNode>()]),
                ["properties"] = new JsonObject { ["rulesRun"] = report.Summary.RulesRun, ["rulesInPack"] = report.Summary.RulesInPack },
            }),
            ["results"] = new JsonArray([.. report.Findings.Select(Result)]),
        }),
    };

    private static JsonNode Result(Finding finding)
    {
        var location = new JsonObject { ["artifactLocation"] = new JsonObject { ["uri"] = Uri.EscapeDataString(finding.Region!.File).Replace("%2F", "/", StringComparison.Ordinal) } };
        if (finding.Region is { Offset: { } offset })
        {
            location["region"] = new JsonObject { ["byteOffset"] = offset, ["byteLength"] = finding.Region.Length };
        }

        return new JsonObject
        {
            ["ruleId"] = finding.Id,
            ["level"] = Level(finding.Severity),
            ["message"] = Text($"{finding.Location}: {finding.Message}"),
            ["locations"] = new JsonArray(new JsonObject { ["physicalLocation"] = location }),
        };
    }

    private static JsonNode NotRun(SkippedRule rule) => new JsonObject
    {
        ["level"] = "warning",
        ["message"] = Text($"not run: {rule.Name} in {rule.File}: {rule.Reason}"),
        ["associatedRule"] = new JsonObject { ["id"] = rule.Name },
    };

    private static JsonObject Omitted(ScanReport report) => new() { ["level"] = "warning", ["message"] = Text($"{report.Omitted} more findings are counted and not listed") };

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static string Level(FindingSeverity severity) => severity switch { FindingSeverity.Error => "error", FindingSeverity.Warning => "warning", _ => "note" };
}
