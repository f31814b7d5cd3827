using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using PluginHost.Audit;
using PluginHost.Library;
using PluginHost.Lifecycle;

namespace PluginHost.PostgreSql;

/// <summary>
/// The lifecycle journal as a table. A thread listens for what others write; where it has heard nothing for a second, every question goes to the database
/// itself, and where that does not answer, nothing runs.
/// </summary>
internal sealed class PostgreSqlJournalStore : IJournalStore
{
    private const string Channel = "pluginhost_journal";
    private const long TurnKey = 0x706C7567686F7374;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(400);
    private readonly NpgsqlDataSource _source;
    private readonly CancellationTokenSource _end = new();
    private readonly ManualResetEventSlim _moved = new();
    private NpgsqlConnection? _turn;
    private long _latest;

    /// <summary>What the one who waits was told last.</summary>
    private (long Position, long Latest) _told = (-1, -1);
    private long _heard;

    public PostgreSqlJournalStore(NpgsqlDataSource source)
    {
        _source = source;
        new Thread(Listen) { IsBackground = true, Name = "PluginHost journal" }.UnsafeStart();
    }

    /// <inheritdoc/>
    public bool HasMoved(long position) => Volatile.Read(ref _latest) != position || Stopwatch.GetElapsedTime(Volatile.Read(ref _heard)) > Fresh;

    /// <inheritdoc/>
    public byte[] Read(ref long position)
    {
        var (from, asked) = (position, Stopwatch.GetTimestamp());
        var (lines, last) = PostgreSqlErrors.Guard(() =>
        {
            using var connection = _source.OpenConnection();
            return Lines(connection, from);
        });
        if (last < position)
        {
            throw new SkillStateException("journal", "the lifecycle journal is shorter than it was: it was cut");
        }

        position = last;
        Heard(last, asked);
        return lines;
    }

    /// <inheritdoc/>
    public IDisposable Turn()
    {
        var connection = PostgreSqlErrors.Guard(_source.OpenConnection);
        try
        {
            // One statement: of several, Npgsql sends the later ones from a thread of the pool, which may have none to spare. The pool resets the setting.
            // A machine that freezes in its turn must not keep the others from deciding: the server ends its connection.
            PostgreSqlErrors.Guard(() => Execute(connection, null, $"select set_config('lock_timeout', '3s', false), {Frozen("'30s'")}, pg_advisory_lock({TurnKey})"));
            _turn = connection;
            return new Ended(this, connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Append(ref long position, ReadOnlySpan<byte> line, LifecycleChange change)
    {
        var (sequence, bytes, connection) = (position + 1, line.ToArray(), _turn ?? throw new InvalidOperationException("whoever appends has the turn"));
        PostgreSqlErrors.Guard(() =>
        {
            using var transaction = connection.BeginTransaction();

            // The other patience ends where a transaction begins.
            Execute(connection, transaction, "select set_config('idle_in_transaction_session_timeout', '30s', true)");

            // Two that believe to have the turn cannot both write: the number is the key.
            Execute(connection, transaction, "insert into pluginhost.journal values (@seq, @line)", ("seq", sequence), ("line", bytes));
            Tables(connection, transaction, change);
            Execute(connection, transaction, $"notify {Channel}");
            transaction.Commit();
            return 0;
        });
        position = sequence;
        Heard(sequence, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public void Wait(long position, TimeSpan time, CancellationToken cancellation)
    {
        try
        {
            if (!HasMoved(position) && _moved.Wait(time, cancellation))
            {
                _moved.Reset();
            }
            else if (HasMoved(position))
            {
                // The database may be gone, or hold a line that nobody can read on from: whoever asks now will be told, but not in a tight loop.
                var latest = Volatile.Read(ref _latest);
                var isNew = latest != position && (position, latest) != _told;
                _told = (position, latest);
                cancellation.WaitHandle.WaitOne(isNew ? TimeSpan.Zero : Look);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>The thread that listens ends by itself: it may be waiting for the database just now.</summary>
    public void Dispose()
    {
        if (!_end.IsCancellationRequested)
        {
            _end.Cancel();
        }
    }

    private static (byte[] Lines, long Last) Lines(NpgsqlConnection connection, long from)
    {
        // What somebody else wrote there may be of any size: a line that none may have does not leave the database.
        using var command = new NpgsqlCommand($"select seq, case when octet_length(line) <= {AuditLine.MaxBytes} then line end from pluginhost.journal where seq >= @from order by seq", connection);
        command.Parameters.AddWithValue("from", from);
        using var reader = command.ExecuteReader();
        using var lines = new MemoryStream();
        var last = 0L;
        while (reader.Read())
        {
            last = reader.GetInt64(0);
            if (last > from)
            {
                lines.Write(reader.IsDBNull(1) ? throw new SkillStateException("journal", $"line {last} of the lifecycle journal is longer than a line may be") : reader.GetFieldValue<byte[]>(1));
            }
        }

        return (lines.ToArray(), last);
    }

    /// <summary>Tables for people and for Palyra: what the journal comes to. Nothing here reads them.</summary>
    private static void Tables(NpgsqlConnection connection, NpgsqlTransaction transaction, LifecycleChange change)
    {
        if (change.IsSigned)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            Execute(
                connection, transaction,
                """
                insert into pluginhost.skill_status values (@skill, @version, @status, @reason, @now, @actor, @now, @now)
                on conflict (skill_id, version) do update set status = @status, reason = @reason, detected_at_ms = @now, operator_principal = @actor, updated_at_unix_ms = @now
                """,
                ("skill", change.Skill), ("version", change.Version), ("status", change.To == SkillStatus.Enabled ? "active" : StatusNames.Of(change.To)), ("reason", change.Reason), ("now", now), ("actor", change.Actor));
        }

        if (change.Installed is { } installed)
        {
            Execute(
                connection, transaction,
                "insert into pluginhost.installed values (@skill, @version, false, @entry::jsonb) on conflict (skill_id, version) do update set entry = @entry::jsonb",
                ("skill", change.Skill), ("version", change.Version), ("entry", JsonSerializer.Serialize(installed, InstalledJson.Default.InstalledSkill)));
        }
        else if (change.To == SkillStatus.Removed)
        {
            Execute(connection, transaction, "delete from pluginhost.installed where skill_id = @skill and version = @version", ("skill", change.Skill), ("version", change.Version));
        }

        if (change.Current is { } current)
        {
            Execute(connection, transaction, "update pluginhost.installed set is_current = (version = @version) where skill_id = @skill", ("skill", change.Skill), ("version", current));
        }
    }

    /// <summary>How long the server waits for whoever has the turn; versions before 14 do not know that.</summary>
    private static string Frozen(string value) => $"(select set_config(name, {value}, false) from pg_settings where name = 'idle_session_timeout')";

    /// <summary>Texts for people have no NUL and no half characters, which the database would refuse, and with them the decision.</summary>
    private static string Storable(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD');

    private static int Execute(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, value switch { byte[] => NpgsqlDbType.Bytea, long => NpgsqlDbType.Bigint, _ => NpgsqlDbType.Text }) { Value = value is string text ? Storable(text) : value });
        }

        return command.ExecuteNonQuery();
    }

    /// <summary>An answer is as old as the question: it may have been on its way for seconds.</summary>
    private void Heard(long latest, long asked)
    {
        Volatile.Write(ref _heard, asked);
        if (Interlocked.Exchange(ref _latest, latest) != latest)
        {
            _moved.Set();
        }
    }

    private void Listen()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var connection = _source.OpenConnection();
                Execute(connection, null, $"listen {Channel}");
                while (!_end.IsCancellationRequested)
                {
                    var asked = Stopwatch.GetTimestamp();
                    using var command = new NpgsqlCommand("select coalesce(max(seq), 0) from pluginhost.journal", connection);
                    Heard((long)command.ExecuteScalar()!, asked);
                    connection.Wait(Look);
                }
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException or IOException or System.Net.Sockets.SocketException)
            {
                _end.Token.WaitHandle.WaitOne(Look);
            }
        }
    }

    /// <summary>The turn, until it is given back. A connection that broke has given it back by itself.</summary>
    private sealed class Ended(PostgreSqlJournalStore store, NpgsqlConnection connection) : IDisposable
    {
        public void Dispose()
        {
            store._turn = null;
            try
            {
                Execute(connection, null, $"select pg_advisory_unlock({TurnKey}), {Frozen("reset_val")}");
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException or IOException)
            {
                NpgsqlConnection.ClearPool(connection);
            }

            connection.Dispose();
        }
    }
}
