using System.Text;
using Npgsql;
using PluginHost.Lifecycle;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.PostgreSql;

/// <summary>What hosts on many machines know together: lifecycle journal, what is installed, whom they trust.</summary>
public static class PostgreSqlState
{
    private const string Schema = """
        create schema if not exists pluginhost;
        create table if not exists pluginhost.journal (seq bigint primary key, line bytea not null);
        create table if not exists pluginhost.documents (name text primary key, content bytea not null);
        create table if not exists pluginhost.installed (skill_id text not null, version text not null, is_current boolean not null, entry jsonb not null, primary key (skill_id, version));
        create table if not exists pluginhost.skill_status (
            skill_id text not null, version text not null, status text not null, reason text null, detected_at_ms bigint not null, operator_principal text not null,
            created_at_unix_ms bigint not null, updated_at_unix_ms bigint not null, primary key (skill_id, version));
        create index if not exists skill_status_by_skill on pluginhost.skill_status (skill_id, detected_at_ms desc, version desc);
        create index if not exists skill_status_by_status on pluginhost.skill_status (status, detected_at_ms desc);
        """;

    /// <summary>Makes the tables, or completes those that are there. Nothing else makes them: a host that finds none is refused.</summary>
    /// <param name="connectionString">The database, with the right to make a schema in it.</param>
    /// <exception cref="SkillStateException">It cannot be reached, or the tables cannot be made.</exception>
    public static void Initialize(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        PostgreSqlErrors.Guard(() =>
        {
            using var source = NpgsqlDataSource.Create(connectionString);
            using var connection = source.OpenConnection();
            using var transaction = connection.BeginTransaction();
            Execute("select pg_advisory_xact_lock(hashtext('pluginhost.schema'))");
            Execute(Schema);
            Execute("insert into pluginhost.journal values (1, @content) on conflict do nothing", LifecycleLine.First(TimeProvider.System));
            Execute("insert into pluginhost.documents values ('id', @content) on conflict do nothing", Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("n")));
            Execute("insert into pluginhost.documents values ('trust-store', @content) on conflict do nothing", TrustStore.Empty.Write());
            Execute("insert into pluginhost.documents values ('ledger', @content) on conflict do nothing", TrustLedger.Empty.Write());
            transaction.Commit();
            return 0;

            void Execute(string sql, byte[]? content = null)
            {
                using var command = new NpgsqlCommand(sql, connection, transaction);
                if (content is not null)
                {
                    command.Parameters.AddWithValue("content", content);
                }

                command.ExecuteNonQuery();
            }
        });
    }

    internal static ISharedState Open(string connectionString) => new PostgreSqlSharedState(connectionString);
}
