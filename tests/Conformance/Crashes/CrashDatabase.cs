using Npgsql;
using PluginHost.PostgreSql;

namespace PluginHost.Conformance.Crashes;

/// <summary>A database of its own on the server that <c>PLUGINHOST_TEST_POSTGRES</c> names; gone afterwards.</summary>
internal sealed class CrashDatabase : IDisposable
{
    private const string Variable = "PLUGINHOST_TEST_POSTGRES";
    private readonly string _name = "crash_" + Guid.NewGuid().ToString("n");

    /// <param name="template">What it is a copy of; null for one with empty tables. Nobody may be connected to it.</param>
    public CrashDatabase(CrashDatabase? template = null)
    {
        Execute($"create database {_name}{(template is null ? "" : $" template {template._name}")}");
        if (template is null)
        {
            PostgreSqlState.Initialize(ConnectionString);
        }
    }

    /// <summary>Whether there is a server.</summary>
    public static bool IsThere => Server.Length > 0;

    /// <summary>Without a pool: a connection ends with whoever opened it.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(Server) { Database = _name, Pooling = false }.ConnectionString;

    private static string Server => Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>Ends what is connected to it, as nobody of this process is any more.</summary>
    public void Release()
    {
        NpgsqlConnection.ClearAllPools();
        Execute($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'");
    }

    public void Dispose() => Execute($"drop database if exists {_name} with (force)");

    private static void Execute(string sql)
    {
        using var source = NpgsqlDataSource.Create(Server);
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
