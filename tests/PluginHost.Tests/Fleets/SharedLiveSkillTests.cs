using PluginHost.PostgreSql;
using PluginHost.Tests.Lives;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedLiveSkillTests : LiveSkillTests
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
}
