using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Cli.Library;
using PluginHost.Cli.Presentation;
using PluginHost.Hosting;
using PluginHost.Library;
using PluginHost.Lifecycle;
using PluginHost.Scan;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Scanning;

namespace PluginHost.Cli.Skills;

/// <summary><c>skills scan</c>: takes a package apart and looks at each piece by rules. Writes nothing but a report that is asked for.</summary>
internal static class SkillsScanCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("skill") { Description = "File of a package, or id of an installed skill." };
        var version = LibraryCommands.Version();
        var files = new Option<string[]>("--rules") { Description = "A file of YARA rules, beside our own.", HelpName = "FILE" };
        var without = new Option<bool>("--no-own-rules") { Description = "Use the files of --rules alone." };
        var sarif = new Option<string?>("--sarif") { Description = "Write the findings as SARIF 2.1.0, too.", HelpName = "FILE" };
        var (trust, json) = (new TrustFlags(), CommandOutput.JsonOption());
        var command = new Command("scan", "Look at the texts, data and code of a package by YARA rules. Exits with 2 for a critical finding.") { name, version, files, without, sarif };
        trust.AddWithState(command);
        command.Add(json);
        command.SetAction(parse => CommandOutput.Guard(parse, parse.GetValue(json), () =>
        {
            var scanner = Scanner(parse.GetValue(files) ?? [], !parse.GetValue(without));
            var artifact = SkillArtifact.Read(Source(parse, trust, parse.GetRequiredValue(name), parse.GetValue(version)).Read());
            var report = scanner.Scan(artifact, ManifestReader.Read(artifact), SkillInspection.Decode(artifact, CancellationToken.None), CancellationToken.None);
            if (parse.GetValue(sarif) is { } path)
            {
                OutputFile.Write(path, Encoding.UTF8.GetBytes(SarifReport.Of(report, scanner.Rules).ToJsonString()));
            }

            if (parse.GetValue(json))
            {
                CommandOutput.Write(parse.InvocationConfiguration.Output, Json(artifact, report, scanner.Rules));
            }
            else
            {
                Write(report, scanner.Rules, parse.InvocationConfiguration.Output);
            }

            return report.Summary.Critical > 0 ? ExitCode.Refused : ExitCode.Done;
        }));
        return command;
    }

    private static PackageScanner Scanner(string[] files, bool withOwn)
    {
        if (files.Length == 0 && !withOwn)
        {
            throw new CommandError(ExitCode.Usage, "usage.rules", "--no-own-rules leaves nothing without --rules");
        }

        try
        {
            var scanner = PackageScanner.With([.. files.Select(file => new YaraSource(Path.GetFileName(file), InputFiles.Read(file, YaraRules.MaxBytes)))], withOwn);
            return scanner.Rules.Count > 0 ? scanner : throw new CommandError(ExitCode.Refused, "inspection.rules", $"there is no rule that can be run{(scanner.Rules.Skipped is [var first, ..] ? $" ({first.Name}: {first.Reason})" : "")}");
        }
        catch (YaraException e)
        {
            throw new CommandError(ExitCode.Refused, "inspection.rules", e.Message);
        }
    }

    private static PackageSource Source(ParseResult parse, TrustFlags trust, string name, string? version)
    {
        if (File.Exists(name))
        {
            return PackageSource.File(name);
        }

        var root = ReadingVerb.Root(trust.State(parse));
        using var shared = trust.Shared.Open(parse);
        using var reading = new SkillsReading(root, () => new OperatorKeys(trust.View(parse).Ledger.Operators ?? OperatorKeys.None, []), shared);
        return reading.Skills.Folder.Read(reading.Skills.Find(name, version).Installed!);
    }

    private static void Write(ScanReport report, YaraRules rules, TextWriter output)
    {
        var table = new TextTable("severity", "rule", "where", "what");
        foreach (var finding in report.Findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Location, StringComparer.Ordinal))
        {
            table.Add(new Cell(finding.Severity.ToString().ToLowerInvariant(), finding.Severity == FindingSeverity.Error ? CellMark.Bad : CellMark.Warn), finding.Id, finding.Location, finding.Message);
        }

        if (!table.IsEmpty)
        {
            table.Write(output);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Pieces} pieces, {report.Summary.RulesRun} of {report.Summary.RulesInPack} rules run (pack {rules.Digest[..16]}): {report.Findings.Length} findings{(report.Omitted > 0 ? $", and {report.Omitted} more that are counted and not listed" : "")}. Nothing found is no proof that nothing is there."));
        foreach (var skipped in report.NotRun)
        {
            output.WriteLine(Printable.Text($"not run: {skipped.Name} in {skipped.File}: {skipped.Reason}"));
        }
    }

    private static JsonObject Json(SkillArtifact artifact, ScanReport report, YaraRules rules) => new()
    {
        ["payload_sha256"] = artifact.Payload,
        ["rule_set"] = rules.Digest,
        ["rules_run"] = report.Summary.RulesRun,
        ["rules_in_pack"] = report.Summary.RulesInPack,
        ["pieces"] = report.Pieces,
        ["omitted"] = report.Omitted,
        ["critical"] = report.Summary.Critical,
        ["medium"] = report.Summary.Medium,
        ["low"] = report.Summary.Low,
        ["findings"] = AuditJson.Findings(report.Findings),
        ["not_run"] = new JsonArray([.. report.NotRun.Select(skipped => (JsonNode)new JsonObject { ["rule"] = skipped.Name, ["file"] = skipped.File, ["reason"] = skipped.Reason })]),
    };
}
