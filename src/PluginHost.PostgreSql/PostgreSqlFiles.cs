using Npgsql;
using PluginHost.State;

namespace PluginHost.PostgreSql;

/// <summary>Files that anybody may read, as rows of a table. What is written counts at once, when it is flushed: all of it or nothing.</summary>
internal sealed class PostgreSqlFiles : IPublicFiles, IDisposable
{
    private const int Patience = 10;
    private const string Schema = """
        create schema if not exists pluginhost;
        create table if not exists pluginhost.public_files (place text not null, path text not null, content bytea not null, primary key (place, path));
        """;

    private readonly NpgsqlDataSource _source;
    private readonly string _place;
    private readonly Dictionary<string, byte[]> _written = new(StringComparer.Ordinal);

    /// <param name="connectionString">The database.</param>
    /// <param name="place">Which of the places in it.</param>
    /// <param name="isNew">Whether its table is made where it is missing.</param>
    /// <exception cref="SkillStateException">It cannot be used.</exception>
    public PostgreSqlFiles(string connectionString, string place, bool isNew)
    {
        _place = place;
        _source = PostgreSqlErrors.Guard(() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Timeout = Patience, CommandTimeout = Patience }.ConnectionString));
        if (isNew)
        {
            PostgreSqlErrors.Guard(() =>
            {
                using var command = _source.CreateCommand(Schema);
                return command.ExecuteNonQuery();
            });
        }
    }

    /// <inheritdoc/>
    public bool IsEmpty => _written.Count == 0 && PostgreSqlErrors.Guard(() =>
    {
        using var command = Command("select exists (select from pluginhost.public_files where place = @place)");
        return command.ExecuteScalar() is false;
    });

    public void Dispose() => _source.Dispose();

    /// <inheritdoc/>
    public byte[]? Find(string path, int maxBytes)
    {
        if (_written.TryGetValue(path, out var written))
        {
            return written;
        }

        var (length, content) = PostgreSqlErrors.Guard(() =>
        {
            using var command = Command("select octet_length(content), case when octet_length(content) <= @most then content end from pluginhost.public_files where place = @place and path = @path");
            command.Parameters.AddWithValue("path", path);
            command.Parameters.AddWithValue("most", maxBytes);
            using var row = command.ExecuteReader();
            return row.Read() ? (row.GetInt32(0), row.IsDBNull(1) ? null : (byte[])row.GetValue(1)) : (0, null);
        });
        return length > maxBytes ? throw new IOException($"'{path}' has more than {maxBytes} bytes") : content;
    }

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content) => _written[path] = content.ToArray();

    /// <inheritdoc/>
    public void Flush()
    {
        PostgreSqlErrors.Guard(() =>
        {
            using var connection = _source.OpenConnection();
            using var transaction = connection.BeginTransaction();
            foreach (var (path, content) in _written)
            {
                using var command = new NpgsqlCommand("insert into pluginhost.public_files values (@place, @path, @content) on conflict (place, path) do update set content = excluded.content", connection, transaction);
                command.Parameters.AddWithValue("place", _place);
                command.Parameters.AddWithValue("path", path);
                command.Parameters.AddWithValue("content", content);
                command.ExecuteNonQuery();
            }

            transaction.Commit();
            return 0;
        });
        _written.Clear();
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder) => PostgreSqlErrors.Guard(() =>
    {
        using var command = Command("select path from pluginhost.public_files where place = @place and starts_with(path, @folder) order by path collate \"C\"");
        command.Parameters.AddWithValue("folder", folder.TrimEnd('/') + "/");
        using var rows = command.ExecuteReader();
        var paths = new List<string>();
        while (rows.Read())
        {
            paths.Add(rows.GetString(0));
        }

        return (IReadOnlyList<string>)paths;
    });

    private NpgsqlCommand Command(string text)
    {
        var command = _source.CreateCommand(text);
        command.Parameters.AddWithValue("place", _place);
        return command;
    }
}
