using PluginHost.PostgreSql;
using PluginHost.State;
using PluginHost.Tests.Libraries;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedReAuditTests : ReAuditTests
{
    private readonly TestDatabase _database = new();

    public override void Dispose()
    {
        base.Dispose();
        _database.Dispose();
    }

    private protected override ISharedState? Shared() => PostgreSqlState.Open(_database.ConnectionString);

    private protected override void Configure(SkillHostOptions options)
    {
        base.Configure(options);
        options.UsePostgreSql(_database.ConnectionString);
    }

    private protected override string Spoiled => "state.journal";

    private protected override void Spoil()
    {
        _database.Execute("delete from pluginhost.journal where seq = (select max(seq) from pluginhost.journal)");
        Thread.Sleep(TimeSpan.FromSeconds(1));
    }

    /// <summary>A machine speaks for its own files alone: what is wrong with them quarantines nothing for all, and what it lacks is looked at elsewhere.</summary>
    [TestMethod]
    public override async Task ExchangedOrLostPackage_IsQuarantined()
    {
        await using var host = Host();
        host.Library.Install(Package());
        host.Library.Install(Package("acme.other"));
        File.Copy(Package(words: "Other."), Path.Combine(State, "skills", "acme.test", "1.0.0", "artifact.palyra-skill"), overwrite: true);
        Directory.Delete(Path.Combine(State, "skills", "acme.other", "1.0.0"), recursive: true);

        var result = (await host.Library.ReAuditAsync(quarantine: true)).Single();

        Assert.AreEqual((SkillReAuditStatus.Unknown, false), (result.Status, result.WasQuarantined));
        StringAssert.StartsWith(result.Reasons[0], "state.artifact");
        Assert.IsTrue(host.Library.List().All(entry => entry.Status == SkillStatus.Enabled));
    }
}
