using System.IO.Compression;
using System.Text;
using PluginHost.Skills.Dependencies;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Vulnerabilities;

namespace PluginHost.Skills.Tests.Vulnerabilities;

[TestClass]
public sealed class OsvFeedTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("osv").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    private void Record(string id, string ecosystem, string name, string affected, string more = "") => File.WriteAllText(
        Path.Combine(_folder, id + ".json"),
        $$"""{"id":"{{id}}","modified":"2026-01-02T03:04:05Z","summary":"s",{{more}}"affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{name}}"},{{affected}}}]}""");

    private OsvReport Match(params string[] urls) => new OsvFeed(_folder).Match(urls.Select(url => new SbomComponent("x", null, PackageUrl.Parse(url), null)));

    private static string Range(string type, string events) => $$"""
        "ranges":[{"type":"{{type}}","events":[{{events}}]}]
        """;

    [TestMethod]
    [DataRow("0.9.9", false)]
    [DataRow("1.0.0", true)]
    [DataRow("1.4.9", true)]
    [DataRow("1.5.0", false)]
    [DataRow("2.0.0-rc.1", false)]
    [DataRow("2.0.0", true)]
    [DataRow("2.1.0", true)]
    [DataRow("2.1.1", false)]
    public void Ranges_AreEvaluatedAsTheSchemaSays(string version, bool affected)
    {
        Record("X-1", "crates.io", "rand", Range("SEMVER", """{"introduced":"2.0.0"},{"fixed":"1.5.0"},{"last_affected":"2.1.0"},{"introduced":"1.0.0"}"""));

        Assert.AreEqual(affected ? 1 : 0, Match($"pkg:cargo/rand@{version}").Matches.Length);
    }

    [TestMethod]
    public void Zero_IsBeforeEverything_AndALimitEndsTheRange()
    {
        Record("X-1", "npm", "@scope/x", Range("SEMVER", """{"introduced":"0"},{"limit":"3.0.0"}"""));

        Assert.HasCount(1, Match("pkg:npm/%40Scope/X@0.0.0-alpha").Matches);
        Assert.HasCount(1, Match("pkg:npm/%40scope/x@2.9.9").Matches);
        Assert.HasCount(0, Match("pkg:npm/%40scope/x@3.0.0").Matches);
        Assert.HasCount(0, Match("pkg:npm/x@1.0.0").Matches);
    }

    [TestMethod]
    public void ListedVersions_Count_AndNamesAreComparedAsTheEcosystemDoes()
    {
        Record("X-1", "PyPI", "Flask.Login", "\"versions\":[\"1.0\"]");
        Record("X-2", "Maven", "org.x:y", "\"versions\":[\"1.0\"]");

        Assert.HasCount(1, Match("pkg:pypi/flask_login@1.0").Matches);
        Assert.HasCount(0, Match("pkg:pypi/flask-login@1.1").Matches);
        Assert.HasCount(1, Match("pkg:maven/org.x/y@1.0").Matches);
    }

    [TestMethod]
    public void WhatCannotBeDecided_IsToldAsUncertain()
    {
        Record("X-1", "Go", "example.com/x", Range("GIT", """{"introduced":"0"}"""));

        var match = Match("pkg:golang/example.com/x@v1.0.0").Matches.Single();
        Assert.IsFalse(match.IsCertain);
        Assert.IsFalse(Match("pkg:golang/example.com/x").Matches.Single().IsCertain);
    }

    [TestMethod]
    public void Withdrawn_AndUnreadable_DoNotMatch()
    {
        Record("X-1", "crates.io", "rand", "\"versions\":[\"1.0.0\"]", "\"withdrawn\":\"2026-01-01T00:00:00Z\",");
        File.WriteAllText(Path.Combine(_folder, "bad.json"), "{");
        File.WriteAllText(Path.Combine(_folder, "deep.json"), new string('[', 1000));

        var report = Match("pkg:cargo/rand@1.0.0");
        Assert.AreEqual((0, 1, 2), (report.Matches.Length, report.Records, report.Unreadable));
        Assert.AreEqual(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), report.Modified);
    }

    [TestMethod]
    [DataRow("""{"id":"X-1","affected":[1,null]}""")]
    [DataRow("""{"id":"\ud800"}""")]
    [DataRow("""{"id":"X","affected":[{"package":{"ecosystem":"crates.io","name":"rand"},"versions":["\ud800",1],"ranges":[1,{"events":[1]}]}]}""")]
    public void OddRecord_DisablesNothing(string record)
    {
        File.WriteAllText(Path.Combine(_folder, "odd.json"), record);
        Record("X-2", "crates.io", "rand", "\"versions\":[\"1.0.0\"]");

        Assert.IsTrue(Match("pkg:cargo/rand@1.0.0").Matches.Any(match => match.Id == "X-2"));
    }

    [TestMethod]
    public void EveryVersion_IncludesOneThatIsNotTold()
    {
        Record("MAL-1", "npm", "evil", Range("SEMVER", """{"introduced":"0"}"""));

        Assert.IsTrue(Match("pkg:npm/evil").Matches.Single().IsCertain);
    }

    [TestMethod]
    public void Commits_BesideVersions_AreNoDoubt()
    {
        Record("X-1", "Go", "example.com/x", "\"ranges\":[{\"type\":\"GIT\",\"events\":[{\"introduced\":\"0\"}]},{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.0.0\"}]}]");

        Assert.HasCount(0, Match("pkg:golang/example.com/x@v1.0.0").Matches);
        Assert.HasCount(1, Match("pkg:golang/example.com/x@v0.9.0").Matches);
    }

    [TestMethod]
    public void Archive_IsReadLikeADirectory()
    {
        using (var zip = ZipFile.Open(Path.Combine(_folder, "all.zip"), ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry("X-1.json").Open();
            stream.Write(Encoding.UTF8.GetBytes("""{"id":"X-1","modified":"2026-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"crates.io","name":"rand"},"versions":["1.0.0"]}]}"""));
        }

        Assert.HasCount(1, Match("pkg:cargo/rand@1.0.0").Matches);
        Assert.HasCount(1, new OsvFeed(Path.Combine(_folder, "all.zip")).Match([new SbomComponent("x", null, PackageUrl.Parse("pkg:cargo/rand@1.0.0"), null)]).Matches);
    }

    [TestMethod]
    public void MaliciousComponent_BlocksThePackage_AVulnerableOneIsToldOf()
    {
        const string listed = """{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"rand","version":"1.0.0","purl":"pkg:cargo/rand@1.0.0"}]}""";
        var skill = new DemoPackage { Sbom = listed }.Signed();
        Record("GHSA-1", "crates.io", "rand", "\"versions\":[\"1.0.0\"]", "\"database_specific\":{\"severity\":\"HIGH\"},");
        var settings = new InspectionSettings { Feed = new OsvFeed(_folder) };
        var finding = StaticAuditor.Run(skill.Artifact, settings).Findings.Single(finding => finding.Id == "vulnerability");

        StringAssert.Contains(finding.Message, "pkg:cargo/rand@1.0.0: GHSA-1 (high)");
        Record("MAL-2026-1", "crates.io", "rand", "\"versions\":[\"1.0.0\"]");
        Assert.AreEqual("sbom.malicious", Assert.ThrowsExactly<SkillVerificationException>(() => SkillInspection.Of(skill, settings)).Code);
    }

    [TestMethod]
    public void Feed_ThatIsNotThere_IsAnError() => Assert.ThrowsExactly<FileNotFoundException>(() => new OsvFeed(Path.Combine(_folder, "missing")));
}
