using PluginHost.PostgreSql;
using PluginHost.State;
using PluginHost.Tests.Libraries;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedRemoteRegistryTests : RemoteRegistryTests
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
}
