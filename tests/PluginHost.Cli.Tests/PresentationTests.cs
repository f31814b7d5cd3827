using System.Text.RegularExpressions;
using PluginHost.Cli.Presentation;

namespace PluginHost.Cli.Tests;

/// <summary>What people see.</summary>
[TestClass]
public sealed partial class PresentationTests
{
    [TestMethod]
    public void Table_WhereNobodyLooks_HasNoColoursAndBreaksNoLine()
    {
        var (table, output) = (new TextTable("NAME", "WHAT"), new StringWriter());
        table.Add("a", new Cell(new string('x', 5000), CellMark.Bad));
        table.Add("longer", "y");
        table.Write(output);

        var lines = output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(3, lines);
        Assert.IsFalse(output.ToString().Contains('\e'));
        Assert.AreEqual("longer  y", lines[2]);
    }

    [TestMethod]
    public void Table_EscapesWhatStrangersWrote()
    {
        var (table, output) = (new TextTable("NAME"), new StringWriter());
        table.Add("\e[2Jgone [red]not red[/]\u202Eback\nnew line");
        table.Write(output);

        Assert.IsFalse(output.ToString().Contains('\e'));
        StringAssert.Contains(output.ToString(), "[red]not red[/]");
        Assert.HasCount(2, output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [TestMethod]
    public void EveryCode_HasANextStep()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "errors.md"));
        var codes = FirstCode().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.IsGreaterThan(30, codes.Count);
        foreach (var code in codes)
        {
            Assert.IsTrue(NextStep.Knows(code), code);
        }
    }

    [TestMethod]
    public void Failure_SaysWhatToDoNext()
    {
        var run = Invocation.Run("skills", "list", "--state", "/nowhere/state");
        Assert.AreEqual(2, run.ExitCode);
        StringAssert.Contains(run.Error, "next: 'pluginhost init'");
    }

    [GeneratedRegex(@"^\| `([a-z]+\.[a-z*-]+)`", RegexOptions.Multiline)]
    private static partial Regex FirstCode();
}
