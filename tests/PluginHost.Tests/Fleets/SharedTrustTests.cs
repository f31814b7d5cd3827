using PluginHost.PostgreSql;
using PluginHost.State;
using PluginHost.Tests.Hosting;
using PluginHost.Tests.States;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedTrustTests : TrustStateTests
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

    [TestMethod]
    [DataRow("update pluginhost.documents set content = '' where name = 'trust-store'")]
    [DataRow("delete from pluginhost.documents where name = 'trust-store'")]
    [DataRow("delete from pluginhost.documents where name = 'ledger'")]
    [DataRow("update pluginhost.documents set content = convert_to(repeat('x', 20000000), 'UTF8') where name = 'ledger'")]
    public async Task DocumentsOfTrust_ThatAreNone_AreRefused(string sql)
    {
        Assert.AreEqual("ok", await Load(new TestPackage()));
        _database.Execute(sql);
        StringAssert.StartsWith(await Load(new TestPackage()), "state.");
    }
}
