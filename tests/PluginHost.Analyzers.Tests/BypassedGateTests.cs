using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Tests;

/// <summary>The example that breaks each rule once is reported where its comments say, and nowhere else.</summary>
[TestClass]
public sealed partial class BypassedGateTests
{
    [TestMethod]
    public async Task EachRule_IsReportedOnce_WhereTheCommentSays()
    {
        var folder = Path.Combine(PageTests.Root, "examples", "BypassedGate");
        var expected = new List<string>();
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs"))
        {
            var lines = await File.ReadAllLinesAsync(file);
            expected.AddRange(lines.SelectMany((line, at) => Mark().Matches(line).Select(match => $"{match.Groups[1].Value} {Path.GetFileName(file)}:{at + 1}")));
            var document = Rules.Document(string.Join('\n', lines));
            found.AddRange((await Rules.Diagnostics(document.Project)).Select(diagnostic => $"{diagnostic.Id} {Path.GetFileName(file)}:{diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1}"));
        }

        CollectionAssert.AreEqual(expected.Order().ToList(), found.Order().ToList(), string.Join('\n', found.Order()));
        CollectionAssert.AreEqual(PageTests.Ids.Select(id => (string)id[0]).ToList(), expected.Select(each => each.Split(' ')[0]).Order().ToList());
    }

    [GeneratedRegex(@"// (PHG\d{3})$")]
    private static partial Regex Mark();
}
