using System.Text;
using PluginHost.Scan;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scanning;
using PluginHost.Skills.Tests.Artifacts;

namespace PluginHost.Skills.Tests.Scanning;

[TestClass]
public sealed class PackageScannerTests
{
    private static ScanReport Scan(string rules)
    {
        var skill = new DemoPackage().Signed();
        return PackageScanner.With([new YaraSource("t.yar", Encoding.ASCII.GetBytes(rules))], withOwn: false).Scan(skill.Artifact, skill.Manifest, [], CancellationToken.None);
    }

    private static string Rule(string name, string severity, string condition = "true") => $"rule {name} {{ meta: severity = \"{severity}\" condition: {condition} }}\n";

    [TestMethod]
    public void CriticalFinding_IsHiddenByNoNumberOfOthers()
    {
        var report = Scan(string.Concat(Enumerable.Range(0, 250).Select(i => Rule($"a{i}", "low"))) + Rule("z", "critical"));

        Assert.AreEqual((1, 0, 250), (report.Summary.Critical, report.Summary.Medium, report.Summary.Low));
        Assert.AreEqual(200, report.Findings.Length);
        Assert.IsTrue(report.Findings.Any(finding => finding is { Id: "z", Severity: FindingSeverity.Error }));
        Assert.AreEqual((251 * report.Pieces) - 200, report.Omitted);
    }

    [TestMethod]
    public void Region_OfAFinding_IsWhereItStandsInItsFile()
    {
        var skill = new DemoPackage
        {
            Description = "needle",
            Module = "(module (memory 1) (data (i32.const 0) \"a needle\") (data (i32.const 99) \"--needle\") (func (export \"run\") (result i32) (i32.const 0)))",
            Section = [0, 10, 1, (byte)'x', .. "--needle"u8],
        }.Signed();
        var scanner = PackageScanner.With([new YaraSource("t.yar", "rule a { strings: $a = \"needle\" condition: $a }"u8.ToArray())], withOwn: false);
        var findings = scanner.Scan(skill.Artifact, skill.Manifest, SkillInspection.Decode(skill.Artifact, CancellationToken.None), CancellationToken.None).Findings;

        string[] places = ["modules/m.wasm (data 0)+2", "modules/m.wasm (data 1)+2", "modules/m.wasm (section x)+2", "skill.toml+"];
        foreach (var place in places)
        {
            var region = findings.Single(finding => finding.Location.StartsWith(place, StringComparison.Ordinal)).Region!;
            var file = skill.Artifact.Entries.Single(entry => entry.Path == region.File).Content;
            Assert.AreEqual("needle", Encoding.UTF8.GetString(file.AsSpan(region.Offset!.Value, region.Length)));
        }

        // What was put together stands nowhere as it is.
        Assert.IsTrue(findings.Where(finding => finding.Location.Contains("(data)", StringComparison.Ordinal) || finding.Location.Contains("(acme.run)", StringComparison.Ordinal)).Select(finding => finding.Region!.Offset).SequenceEqual([null, null]));
    }

    [TestMethod]
    [DataRow("CRITICAL", 1, 0, 0)]
    [DataRow("Critical", 1, 0, 0)]
    [DataRow("HIGH", 0, 1, 0)]
    [DataRow("Low", 0, 0, 1)]
    [DataRow("INFO", 0, 0, 1)]
    [DataRow("urgent", 0, 1, 0)]
    public void Severity_IsReadHoweverItIsWritten(string severity, int critical, int medium, int low)
    {
        var summary = Scan(Rule("a", severity)).Summary;

        Assert.AreEqual((critical, medium, low), (summary.Critical, summary.Medium, summary.Low));
    }
}
