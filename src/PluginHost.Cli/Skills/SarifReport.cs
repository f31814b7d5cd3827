using System.Text.Json.Nodes;
using PluginHost.Scan;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scanning;

namespace PluginHost.Cli.Skills;

/// <summary>Findings in the form that code hosts and editors read (SARIF 2.1.0).</summary>
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
            ["results"] = new JsonArray([.. report.Findings.Select(Result)]),
        }),
    };

    private static JsonNode Result(Finding finding)
    {
        var plus = finding.Location.LastIndexOf('+');
        var (place, offset) = plus > 0 && int.TryParse(finding.Location[(plus + 1)..], out var at) ? (finding.Location[..plus], at) : (finding.Location, 0);
        var part = place.IndexOf(" (", StringComparison.Ordinal);
        return new JsonObject
        {
            ["ruleId"] = finding.Id,
            ["level"] = Level(finding.Severity),
            ["message"] = Text($"{place}: {finding.Message}"),
            ["locations"] = new JsonArray(new JsonObject
            {
                ["physicalLocation"] = new JsonObject
                {
                    ["artifactLocation"] = new JsonObject { ["uri"] = Uri.EscapeDataString(part > 0 ? place[..part] : place).Replace("%2F", "/", StringComparison.Ordinal) },
                    ["region"] = new JsonObject { ["byteOffset"] = offset },
                },
            }),
        };
    }

    private static JsonObject Text(string text) => new() { ["text"] = text };

    private static string Level(FindingSeverity severity) => severity switch { FindingSeverity.Error => "error", FindingSeverity.Warning => "warning", _ => "note" };
}
