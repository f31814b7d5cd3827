using System.Diagnostics;
using PluginHost.PostgreSql;
using PluginHost.Tests.Lives;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedQuarantineTests : QuarantineTests
{
    private readonly TestDatabase _database = new();

    public override void Dispose()
    {
        base.Dispose();
        _database.Dispose();
    }

    private protected override PluginHost.State.ISharedState? Shared() => PostgreSqlState.Open(_database.ConnectionString);

    private protected override Task Heard() => Task.Delay(TimeSpan.FromSeconds(1));

    private protected override void Configure(SkillHostOptions options)
    {
        base.Configure(options);
        options.UsePostgreSql(_database.ConnectionString);
    }

    [TestMethod]
    public override async Task LostJournal_StopsWhatRuns_AndRefusesTheRest()
    {
        await using var host = Host();
        var skill = host.LoadSkill(Package(Forever));
        var running = skill.CallAsync("acme.run", "");
        await Task.Delay(100);
        var start = Stopwatch.GetTimestamp();

        _database.Reachable(false);

        Assert.AreEqual("state.shared", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => running)).Code);
        Assert.IsLessThan(TimeSpan.FromSeconds(15), Stopwatch.GetElapsedTime(start));
        Assert.AreEqual("state.shared", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => skill.CallAsync("acme.run", ""))).Code);
        Assert.ThrowsExactly<SkillStateException>(() => host.LoadSkill(Package(version: "2.0.0")));
        _database.Reachable(true);
    }

    [TestMethod]
    public override async Task LoadedVersion_IsWrittenOnce()
    {
        var package = Package();
        for (var i = 0; i < 3; i++)
        {
            await using var host = Host();
            host.LoadSkill(package);
        }

        Assert.AreEqual(2L, _database.Ask("select count(*) from pluginhost.journal"));
        Assert.AreEqual("active", _database.Ask("select status from pluginhost.skill_status where skill_id = 'acme.test' and version = '1.0.0'"));
    }
}
