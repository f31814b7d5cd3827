using PluginHost.PostgreSql;
using PluginHost.Tests.Libraries;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedLibraryTests : LibraryTests
{
    private readonly TestDatabase _database = new();

    public override void Dispose()
    {
        base.Dispose();
        _database.Dispose();
    }

    private protected override void Configure(SkillHostOptions options)
    {
        base.Configure(options);
        options.UsePostgreSql(_database.ConnectionString);
    }

    /// <summary>The index of a machine follows the journal and is for people alone: nothing reads it.</summary>
    [TestMethod]
    public override async Task EditedOrLostIndex_IsRefused_UntilItIsWrittenAnew()
    {
        await using var host = Host();
        host.Library.Install(Package());
        File.Delete(Path.Combine(State, "skills", "installed-index.json"));
        Assert.HasCount(1, host.Library.List());
        host.Library.Install(Package("2.0.0"));
        Assert.IsTrue(File.Exists(Path.Combine(State, "skills", "installed-index.json")));
    }

    [TestMethod]
    public override async Task LostIndex_OfALibraryWithAPast_IsRefused()
    {
        await using var host = Host();
        host.Library.Install(Package());
        _database.Execute("delete from pluginhost.installed");
        Assert.HasCount(1, host.Library.List());
    }

    [TestMethod]
    public override async Task RefusedPackage_LeavesNothing()
    {
        await base.RefusedPackage_LeavesNothing();
        Assert.DoesNotContain("acme", System.Text.Encoding.UTF8.GetString((byte[])_database.Ask("select content from pluginhost.documents where name = 'trust-store'")!));
    }
}
