using System.Diagnostics;

namespace PluginHost.Cli.Tests;

/// <summary><c>complete</c> and the scripts of shells that ask it.</summary>
[TestClass]
public sealed class CompletionTests
{
    private static string[] Complete(string line, params string[] more) => Invocation.Run(["complete", line, .. more]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [TestMethod]
    public void Verbs_AreOffered()
    {
        CollectionAssert.IsSubsetOf(new[] { "skills", "trust", "audit", "doctor" }, Complete("pluginhost "));
        CollectionAssert.Contains(Complete("pluginhost skills "), "install");
        CollectionAssert.AreEqual(new[] { "quarantine" }, Complete("pluginhost skills quar"));
    }

    [TestMethod]
    public void Options_AreOffered_ButNoneThatIsHidden()
    {
        var options = Complete("pluginhost skills install --");
        CollectionAssert.Contains(options, "--artifact");
        CollectionAssert.DoesNotContain(options, "--skills-dir");
        CollectionAssert.DoesNotContain(Complete("pluginhost "), "complete");
        CollectionAssert.DoesNotContain(Complete("pluginhost skills "), "-?");
    }

    [TestMethod]
    public void Values_AreOffered() => CollectionAssert.AreEquivalent(new[] { "c", "rust", "assemblyscript" }, Complete("pluginhost skills package new x --language "));

    [TestMethod]
    public void Cursor_InTheMiddle_Counts() => CollectionAssert.AreEqual(new[] { "trust" }, Complete("pluginhost tru list", "--position", "14"));

    [TestMethod]
    public void CursorBehindBlanksThatWereCut_BeginsAWord() => CollectionAssert.Contains(Complete("pluginhost skills", "--position", "18"), "install");

    [TestMethod]
    [DataRow("", "0")]
    [DataRow("plug", "4")]
    [DataRow("pluginhost skills", "-3")]
    [DataRow("pluginhost skills", "2000000000")]
    [DataRow("pluginhost \"", "12")]
    public void LineThatIsNone_OffersNothing_AndIsNoError(string line, string position)
    {
        var run = Invocation.Run("complete", line, "--position", position);
        Assert.AreEqual(0, run.ExitCode);
    }

    [TestMethod]
    [DataRow("bash")]
    [DataRow("zsh")]
    [DataRow("fish")]
    [DataRow("powershell")]
    public void Script_IsWritten(string shell) => StringAssert.Contains(Invocation.Run("completion", shell).Output, "pluginhost complete");

    [TestMethod]
    public void Bash_CompletesWithItsScript()
    {
        if (!File.Exists("/bin/bash"))
        {
            Assert.Inconclusive("needs bash");
        }

        var command = Path.Combine(AppContext.BaseDirectory, "PluginHost.Cli.dll");
        var script = $"pluginhost() {{ dotnet '{command}' \"$@\"; }}\neval \"$(pluginhost completion bash)\"\nCOMP_LINE='pluginhost skills quar'\nCOMP_POINT=${{#COMP_LINE}}\n_pluginhost\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n";
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true })!;
        Assert.AreEqual("quarantine", process.StandardOutput.ReadToEnd().Trim());
        process.WaitForExit();
    }
}
