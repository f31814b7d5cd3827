using Npgsql;
using PluginHost.PostgreSql;
using PluginHost.State;
using PluginHost.Tests.Lives;

namespace PluginHost.Tests.Fleets;

/// <summary>The same on a database.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SharedJournalTests : JournalTests
{
    private readonly TestDatabase _database = new();
    private readonly ISharedState _shared;

    public SharedJournalTests() => _shared = PostgreSqlState.Open(_database.ConnectionString);

    private protected override int Step => 197;

    private protected override ISharedState? Shared => _shared;

    private protected override IReadOnlyList<byte[]> Lines
    {
        get
        {
            using var source = NpgsqlDataSource.Create(_database.ConnectionString);
            using var command = source.CreateCommand("select line from pluginhost.journal order by seq");
            using var reader = command.ExecuteReader();
            var lines = new List<byte[]>();
            while (reader.Read())
            {
                lines.Add(reader.GetFieldValue<byte[]>(0));
            }

            return lines;
        }

        set
        {
            using var source = NpgsqlDataSource.Create(_database.ConnectionString);
            using var command = source.CreateCommand("delete from pluginhost.journal; insert into pluginhost.journal select i, l from unnest(@lines) with ordinality as rows (l, i)");
            command.Parameters.AddWithValue("lines", value.ToArray());
            command.ExecuteNonQuery();
        }
    }

    public override void Dispose()
    {
        _shared.Dispose();
        base.Dispose();
        _database.Dispose();
    }

    private protected override void Heard() => Thread.Sleep(TimeSpan.FromSeconds(1));

    private protected override void Delete() => _database.Execute("delete from pluginhost.journal");

    /// <summary>Whoever makes the tables once more begins a journal anew, which no machine takes that has seen the one before.</summary>
    [TestMethod]
    public override void DeletedJournal_IsNotMadeAgainByInit()
    {
        using (var journal = Open())
        {
            Enabled(journal);
        }

        Delete();
        PostgreSqlState.Initialize(_database.ConnectionString);
        Refused("begun anew");
    }

    /// <summary>A process that dies before its transaction is committed has written nothing, and its turn ends with its connection.</summary>
    [TestMethod]
    public override void HalfALine_OfAProcessThatDied_IsTakenAwayByTheNext()
    {
        using var journal = Open();
        Enabled(journal);
        using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString))
        using (var connection = source.OpenConnection())
        {
            using var begun = new NpgsqlCommand($"select pg_advisory_lock({0x706C7567686F7374}); begin; insert into pluginhost.journal values (3, 'half a line')", connection);
            begun.ExecuteNonQuery();
        }

        Quarantine(journal);
        using var after = Open();
        Assert.AreEqual(SkillStatus.Quarantined, after.View.Of(Payload)!.Status);
        Assert.HasCount(3, Lines);
    }
}
