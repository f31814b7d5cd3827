using System.Text.RegularExpressions;

namespace PluginHost.Analyzers.Tests;

/// <summary>Pages, release files, configurations and code say the same, and what the pages show is what happens.</summary>
[TestClass]
public sealed partial class PageTests
{
    internal static readonly string Root = FindRoot();

    public static IEnumerable<object[]> Ids => Rules.All.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(rule => rule.Id).Distinct().Order().Select(id => new object[] { id });

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PluginHost.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    [TestMethod]
    [DynamicData(nameof(Ids))]
    public async Task Page_ShowsWhatIsReported_AndWhatIsNot(string id)
    {
        var page = Read("docs", "rules", id + ".md");
        var rule = Rules.All.SelectMany(analyzer => analyzer.SupportedDiagnostics).First(rule => rule.Id == id);
        StringAssert.StartsWith(page, $"# {id}: {rule.Title}\n");
        StringAssert.Contains(page, $"Category `{rule.Category}` · severity {rule.DefaultSeverity.ToString().ToLowerInvariant()}\n");
        foreach (var part in new[] { "**Cause.**", "**Why it matters.**", "Reported:", "Not reported:", "**Fix.**", "**Known limits.**", "**Configuration.**" })
        {
            StringAssert.Contains(page, part);
        }

        var blocks = CSharp().Matches(page);
        Assert.HasCount(2, blocks);
        var reported = (await Rules.Diagnostics(Rules.Document(Rules.Class(blocks[0].Groups[1].Value)).Project)).Select(diagnostic => diagnostic.Id).Distinct().ToList();
        CollectionAssert.Contains(reported, id);
        Assert.IsEmpty((await Rules.Diagnostics(Rules.Document(Rules.Class(blocks[1].Groups[1].Value)).Project)).Where(diagnostic => diagnostic.Id == id).ToList());
    }

    [TestMethod]
    public void Pages_ReleaseFiles_AndConfigurations_NameTheRulesThatThereAre()
    {
        var ids = Ids.Select(id => (string)id[0]).ToList();
        CollectionAssert.AreEqual(ids, Directory.EnumerateFiles(Path.Combine(Root, "docs", "rules"), "PHG*.md").Select(path => Path.GetFileNameWithoutExtension(path)).Order().ToList());
        var releases = Read("analyzers", "PluginHost.Analyzers", "AnalyzerReleases.Unshipped.md") + Read("analyzers", "PluginHost.Analyzers", "AnalyzerReleases.Shipped.md");
        CollectionAssert.AreEqual(ids, Row().Matches(releases).Select(match => match.Groups[1].Value).Order().ToList());
        var index = Read("docs", "rules", "README.md");
        var severities = Rules.All.SelectMany(analyzer => analyzer.SupportedDiagnostics).DistinctBy(rule => rule.Id).ToDictionary(rule => rule.Id, rule => rule.DefaultSeverity.ToString().ToLowerInvariant());
        foreach (var id in ids)
        {
            var hasFix = Rules.Fixes.Any(fix => fix.FixableDiagnosticIds.Contains(id)) ? "yes" : "no";
            StringAssert.Matches(index, new Regex($@"\| \[{id}\]\({id}\.md\) \| [^|]+ \| {severities[id]} \| {hasFix} \|"), id);
        }

        CollectionAssert.AreEqual(ids.Select(id => $"dotnet_diagnostic.{id}.severity = {severities[id]}").ToList(), Severities("default"));
        CollectionAssert.AreEqual(ids.Select(id => $"dotnet_diagnostic.{id}.severity = error").ToList(), Severities("strict"));
    }

    private static List<string> Severities(string mode) =>
        [.. Read("src", "PluginHost", "configuration", mode + ".globalconfig").Split('\n').Where(line => line.StartsWith("dotnet_diagnostic.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"```csharp\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"^(PHG\d{3}) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
