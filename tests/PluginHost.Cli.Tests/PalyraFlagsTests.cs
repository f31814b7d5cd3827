namespace PluginHost.Cli.Tests;

/// <summary>Options of Palyra's command line that mean nothing here.</summary>
[TestClass]
public sealed class PalyraFlagsTests
{
    [TestMethod]
    [DataRow("skills list --skills-dir x", "--state")]
    [DataRow("skills install --artifact x --skills-dir x", "--state")]
    [DataRow("skills install --artifact x --allow-untrusted", "trust add")]
    [DataRow("skills quarantine acme.x --reason y --url http://127.0.0.1:7142", "no daemon")]
    [DataRow("skills quarantine acme.x --reason y --token t", "no daemon")]
    [DataRow("skills enable acme.x --override --reason y --device-id 01ARZ3NDEKTSV4RRFFQ69G5FAV", "no daemon")]
    [DataRow("skills enable acme.x --override --reason y --channel c", "no daemon")]
    public void FlagOfPalyra_IsRefusedWithAdvice(string line, string advice)
    {
        var run = Invocation.Run(line.Split(' '));
        Assert.AreEqual(1, run.ExitCode);
        StringAssert.Contains(run.Error, advice);
    }

    [TestMethod]
    public void VaultReference_IsRefusedWithAdvice()
    {
        var run = Invocation.Run("skills package build --manifest m --module w --sbom s --provenance p --output o --signing-key-vault-ref v".Split(' '));
        Assert.AreEqual(1, run.ExitCode);
        StringAssert.Contains(run.Error, "--signing-key");
    }

    [TestMethod]
    public void NonInteractive_IsTaken_BecauseNothingIsAskedThere()
    {
        var run = Invocation.Run("skills install --artifact /nowhere/x.palyra-skill --non-interactive --state /nowhere/state".Split(' '));
        StringAssert.StartsWith(run.Error, "state.missing");
    }
}
