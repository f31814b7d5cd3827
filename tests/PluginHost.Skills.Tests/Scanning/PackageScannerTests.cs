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
