using Npgsql;

namespace PluginHost.PostgreSql;

/// <summary>What goes wrong with a database, as a refusal. Its messages may name hosts and users, never passwords.</summary>
internal static class PostgreSqlErrors
{
    private const string UndefinedTable = "42P01";
    private const string UndefinedSchema = "3F000";

    /// <exception cref="SkillStateException">It went wrong.</exception>
    public static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (PostgresException e) when (e.SqlState is UndefinedTable or UndefinedSchema)
        {
            throw new SkillStateException("missing", "the database has no tables of this host's: 'PostgreSqlState.Initialize' makes them", e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException or System.Net.Sockets.SocketException or ArgumentException)
        {
            throw new SkillStateException("shared", $"the database cannot be used: {e.Message}", e);
        }
    }
}
