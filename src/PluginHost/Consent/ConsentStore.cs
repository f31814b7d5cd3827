using System.Collections.Immutable;
using System.Text.Json;
using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost.Consent;

/// <summary>
/// Consents that were recorded: in the state directory where there is one, else for as long as the host lives. Read anew for
/// each decision, so that what was revoked does not count any more.
/// </summary>
/// <param name="path">The file; null keeps them in memory.</param>
/// <param name="now">The latest time that is known: a clock that is set back brings nothing back to life.</param>
/// <param name="changes">How often consents have changed as far as the state knows, and where it is told of another change; null keeps no count.</param>
internal sealed class ConsentStore(string? path, Func<DateTimeOffset> now, (Func<long> Known, Action<long> Tell)? changes = null)
{
    private const int MaxBytes = 16 * 1024 * 1024;
    private const int MaxRecords = 2_000;

    /// <summary>Versions of a skill that are remembered, to tell what changed.</summary>
    private const int MaxOfSkill = 8;

    private const string Rule = "consents";
    private readonly Lock _gate = new();
    private ConsentFile _memory = ConsentFile.Empty;
    private ImmutableArray<ConsentRecord> _session = [];

    /// <exception cref="SkillStateException">The file is damaged.</exception>
    public ImmutableArray<ConsentRecord> Records => Read().Records;

    /// <summary>The consent for exactly these bytes and this request, if it still counts.</summary>
    public ConsentRecord? Find(ConsentRequest request, ConsentTerms terms)
    {
        var digest = terms.Digest();
        return _session.Concat(Read().Records).LastOrDefault(record =>
            record.IsOf(request) && record.Payload == request.PayloadDigest && !HasEnded(record) && record.Terms.Digest() == digest);
    }

    /// <summary>The last consent for any version of a skill: null where the last one was taken back or is over, whatever was before it.</summary>
    public ConsentRecord? Last(ConsentRequest request) => Read().Records.LastOrDefault(record => record.IsOf(request)) is { } last && !HasEnded(last) ? last : null;

    /// <summary>Whether a consent for these bytes was taken back: nothing is inherited to them.</summary>
    public bool WasRevoked(ConsentRequest request) => Read().Records.Any(record => record.IsOf(request) && record.Payload == request.PayloadDigest && record.Revoked is not null);

    /// <summary>Whether a consent for these bytes was found to be over: that time must not be forgotten.</summary>
    public bool HasExpired(ConsentRequest request) =>
        Read().Records.Any(record => record.IsOf(request) && record.Payload == request.PayloadDigest && record.Revoked is null && HasEnded(record));

    /// <summary>When a key was first seen on a skill of its publisher.</summary>
    public DateTimeOffset? KnownSince(string publisher, string key) => Read().Keys.TryGetValue($"{publisher} {key}", out var since) ? since : null;

    /// <summary>Keeps a consent for as long as its scope says, and since when its key is known.</summary>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public void Keep(ConsentRecord record, ConsentScope scope) => Change(file =>
    {
        if (scope == ConsentScope.Session)
        {
            _session = [.. _session.Where(other => !Same(other, record)).TakeLast(MaxRecords), record];
        }

        var key = $"{record.Publisher} {record.Terms.Key}";
        var keys = file.Keys.ContainsKey(key) || file.Keys.Count >= MaxRecords ? file.Keys : new Dictionary<string, DateTimeOffset>(file.Keys, StringComparer.Ordinal) { [key] = record.At };
        return file with { Keys = keys, Records = scope == ConsentScope.Always ? With(file.Records, record) : file.Records };
    });

    /// <summary>Takes all consents for a skill, or those for one of its payloads, back.</summary>
    /// <returns>How many there were.</returns>
    public int Revoke(string skill, string? payload)
    {
        var count = 0;
        Change(file =>
        {
            // It stays, so that nothing inherits from what was before it.
            count = file.Records.Count(Is);
            return file with { Records = [.. file.Records.Select(record => Is(record) ? record with { Revoked = now() } : record)] };
        });
        _session = _session.RemoveAll(record => record.Skill == skill && (payload is null || record.Payload == payload));
        return count;

        bool Is(ConsentRecord record) => record.Skill == skill && record.Revoked is null && (payload is null || record.Payload == payload);
    }

    private bool HasEnded(ConsentRecord record) => record.Revoked is not null || record.Expires <= now();

    private static bool Same(ConsentRecord one, ConsentRecord other) => one.Publisher == other.Publisher && one.Skill == other.Skill && one.Payload == other.Payload;

    /// <summary>Consents of a host's state directory.</summary>
    public static ConsentStore Of(StateRoot root, Func<DateTimeOffset> now, Action advance) => new(root.Consents, now, (
        () => StateGeneration.Read(root.Generation)?.Consents ?? 0,
        count =>
        {
            StateGeneration.Change(root.Generation, now(), state => state with { Consents = Math.Max(state.Consents, count) });
            advance();
        }));

    private static ImmutableArray<ConsentRecord> With(ImmutableArray<ConsentRecord> records, ConsentRecord record)
    {
        var others = records.Where(other => !Same(other, record)).ToList();
        var ofSkill = others.Where(other => other.Publisher == record.Publisher && other.Skill == record.Skill).ToList();
        return [.. others.Except(ofSkill.SkipLast(MaxOfSkill - 1)).TakeLast(MaxRecords - 1), record];
    }

    private void Change(Func<ConsentFile, ConsentFile> change)
    {
        lock (_gate)
        {
            using var turn = path is null ? null : FileLock.Acquire(path, Rule);
            var before = Read();
            var after = change(before);
            after = ReferenceEquals(before, after) ? after : after with { Changes = before.Changes + 1 };
            if (path is null)
            {
                _memory = after;
            }
            else if (!ReferenceEquals(before, after))
            {
                // The file first: a crash between the two leaves it newer than the state knows, never older.
                Write(after);
                changes?.Tell(after.Changes);
            }
        }
    }

    private void Write(ConsentFile file)
    {
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(file, ConsentJson.Default.ConsentFile);
            if (bytes.Length > MaxBytes)
            {
                throw new SkillStateException(Rule, $"consents would take {bytes.Length} bytes, more than {MaxBytes}: revoke what is not needed");
            }

            PrivateFiles.Replace(path!, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException(Rule, $"consents cannot be written: {e.Message}", e);
        }
    }

    private ConsentFile Read()
    {
        if (path is null)
        {
            return _memory;
        }

        try
        {
            // What the state knows comes first: another host may write the file, and tell of it, between the two.
            var known = changes?.Known() ?? 0;
            var file = !File.Exists(path) ? ConsentFile.Empty
                : JsonSerializer.Deserialize(BoundedFile.Read(path, MaxBytes), ConsentJson.Default.ConsentFile) is { V: 1, Records.IsDefault: false } read ? read
                : throw new JsonException("another version");
            return file.Changes < known
                ? throw new JsonException("they are older than the state knows: they were put back or deleted")
                : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or NotSupportedException or FormatException or ArgumentException)
        {
            throw new SkillStateException(Rule, $"consents cannot be read: {e.Message}", e);
        }
    }
}
