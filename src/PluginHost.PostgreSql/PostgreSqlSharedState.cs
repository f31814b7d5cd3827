using System.Text;
using Npgsql;
using PluginHost.Lifecycle;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.PostgreSql;

/// <summary>The tables of one database.</summary>
internal sealed class PostgreSqlSharedState : ISharedState, ITrustDocuments
{
    private const string Store = "trust-store";
    /// <summary>Seconds for a connection, and for a command.</summary>
    private const int Patience = 5;

    private const string Ledger = "ledger";
    private readonly NpgsqlDataSource _source;

    /// <exception cref="SkillStateException">The database cannot be reached, or has no tables.</exception>
    public PostgreSqlSharedState(string connectionString)
    {
        _source = PostgreSqlErrors.Guard(() => NpgsqlDataSource.Create(Impatient(connectionString)));
        try
        {
            Id = PostgreSqlErrors.Guard(() =>
            {
                using var command = _source.CreateCommand("select content from pluginhost.documents where name = 'id' and octet_length(content) <= 64");
                return command.ExecuteScalar() is byte[] id ? Encoding.ASCII.GetString(id) : throw new SkillStateException("missing", "the database has no identity: its tables were emptied");
            });
        }
        catch
        {
            _source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public ITrustDocuments Trust => this;

    /// <inheritdoc/>
    public IJournalStore OpenJournal() => new PostgreSqlJournalStore(_source);

    /// <inheritdoc/>
    (byte[] Store, byte[] Ledger) ITrustDocuments.Read() => PostgreSqlErrors.Guard(() =>
    {
        using var connection = _source.OpenConnection();
        return Read(connection, null);
    });

    /// <inheritdoc/>
    void ITrustDocuments.Change(Func<byte[], byte[], (byte[] Store, byte[] Ledger)?> change)
    {
        // What the change itself throws is its own word, not the database's.
        using var connection = PostgreSqlErrors.Guard(_source.OpenConnection);
        using var transaction = PostgreSqlErrors.Guard(connection.BeginTransaction);
        var (store, ledger) = PostgreSqlErrors.Guard(() =>
        {
            // A machine that freezes here must not keep the others from it.
            using var patience = new NpgsqlCommand("set local idle_in_transaction_session_timeout = '30s'", connection, transaction);
            patience.ExecuteNonQuery();
            return Read(connection, transaction);
        });
        if (change(store, ledger) is not { } after)
        {
            return;
        }

        PostgreSqlErrors.Guard(() =>
        {
            Write(Store, after.Store);
            Write(Ledger, after.Ledger);
            transaction.Commit();
            return 0;
        });

        void Write(string name, byte[] content)
        {
            using var command = new NpgsqlCommand("update pluginhost.documents set content = @content where name = @name", connection, transaction);
            command.Parameters.AddWithValue("name", name);
            command.Parameters.AddWithValue("content", content);
            command.ExecuteNonQuery();
        }
    }

    public void Dispose() => _source.Dispose();

    /// <summary>A database that hangs must not keep alive what it cannot be asked about.</summary>
    private static string Impatient(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Timeout = settings.Timeout is 0 or > Patience ? Patience : settings.Timeout;
        settings.CommandTimeout = settings.CommandTimeout is 0 or > Patience ? Patience : settings.CommandTimeout;
        return settings.ConnectionString;
    }

    /// <summary>Both at one moment; within a transaction nobody else changes them until it ends.</summary>
    private static (byte[] Store, byte[] Ledger) Read(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        using var command = new NpgsqlCommand(
            $"select name, case when octet_length(content) <= {TrustLedger.MaxBytes} then content end from pluginhost.documents where name in ('{Store}', '{Ledger}') order by name{(transaction is null ? "" : " for update")}", connection, transaction);
        using var reader = command.ExecuteReader();
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        while (reader.Read())
        {
            found[reader.GetString(0)] = reader.IsDBNull(1) ? throw new SkillStateException("trust-store", "a trust document of the database is larger than it may be") : reader.GetFieldValue<byte[]>(1);
        }

        return found.TryGetValue(Store, out var store) && found.TryGetValue(Ledger, out var ledger) && store.Length > 0 && ledger.Length > 0
            ? (store, ledger)
            : throw new SkillStateException("missing", "the trust store of the database was deleted, or emptied");
    }
}
