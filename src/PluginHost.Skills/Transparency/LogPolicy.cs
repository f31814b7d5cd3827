using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace PluginHost.Skills.Transparency;

/// <summary>
/// Whose logs and witnesses count (c2sp.org/tlog-policy). A checkpoint is good where one of the logs signed it and enough witnesses cosigned it, as the
/// quorum says.
/// </summary>
internal sealed class LogPolicy
{
    /// <summary>Bytes of a policy.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MaxLines = 4_096;
    private const string None = "none";

    /// <summary>How far the clock of a witness may be ahead.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    /// <summary>All control characters but tab and line feed.</summary>
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create([.. Enumerable.Range(0, ' ').Append(0x7F).Except(['\t', '\n']).Select(b => (byte)b)]);

    private readonly Dictionary<string, LogQuorum> _named = new(StringComparer.Ordinal);
    private readonly List<LogPolicyKey> _logs = [];
    private readonly List<LogPolicyKey> _witnesses = [];
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);
    private LogQuorum? _quorum;

    private LogPolicy()
    {
    }

    /// <summary>A policy that knows no log.</summary>
    public static LogPolicy Empty { get; } = Read("quorum none\n"u8);

    public IReadOnlyList<LogPolicyKey> Logs => _logs;

    public IReadOnlyList<LogPolicyKey> Witnesses => _witnesses;

    /// <summary>Whether a checkpoint needs no witness.</summary>
    public bool NeedsNoWitness => _quorum!.Needed == 0;

    /// <exception cref="FormatException">It is no policy; the message names the line.</exception>
    public static LogPolicy Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes || bytes.ContainsAny(Forbidden))
        {
            throw new FormatException($"a policy of logs has at most {MaxBytes} bytes, and no control character but tab and line feed");
        }

        // Bytes above 0x7F are opaque: each becomes one character. Names of keys are UTF-8, and are read as such.
        var policy = new LogPolicy();
        var lines = Encoding.Latin1.GetString(bytes).Split('\n');
        if (lines.Length > MaxLines)
        {
            throw new FormatException($"a policy of logs has at most {MaxLines} lines");
        }

        for (var i = 0; i < lines.Length; i++)
        {
            var words = lines[i].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && words[0][0] != '#' && policy.Add(words) is { } problem)
            {
                throw new FormatException($"line {i + 1} of the policy of logs: {problem}");
            }
        }

        return policy._quorum is null ? throw new FormatException("the policy of logs has no quorum") : policy;
    }

    /// <summary>The same with one more log; itself where it lists that one already.</summary>
    public LogPolicy With(NoteKey log)
    {
        if (_logs.Exists(known => known.Key.Equals(log)))
        {
            return this;
        }

        var policy = new LogPolicy { _quorum = _quorum };
        policy._logs.AddRange([.. _logs, new LogPolicyKey(log.Name, log, null)]);
        policy._witnesses.AddRange(_witnesses);
        return policy;
    }

    /// <summary>Judges a note. Origins are compared with the names of the logs' keys. A cosignature of the future does not count: its witness has no clock, or lies.</summary>
    /// <param name="note">The note.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FormatException">It is no checkpoint, or a signature of a known key does not hold.</exception>
    public LogVerdict Judge(Note note, DateTimeOffset now)
    {
        var checkpoint = Checkpoint.Read(note.Text);
        var log = _logs.Where(log => log.Key.Name == checkpoint.Origin && note.IsSignedBy(log.Key)).Select(log => log.Key).FirstOrDefault();
        var latest = (ulong)Math.Max(0, now.ToUnixTimeSeconds() + (long)Skew.TotalSeconds);
        var cosigned = note.Signers([.. _witnesses.Select(witness => witness.Key)]);
        var witnesses = _witnesses.Where(witness => cosigned.TryGetValue(witness.Key, out var time) && time <= latest).ToImmutableArray();
        return new LogVerdict(
            checkpoint,
            log,
            [.. witnesses.Select(witness => witness.Name)],
            _quorum!.IsMetBy(witnesses.Select(witness => witness.Name).ToHashSet(StringComparer.Ordinal)),
            witnesses.Length == 0 ? null : DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(witnesses.Max(witness => cosigned[witness.Key]), (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds())));
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private string? Add(string[] words) => words[0] switch
    {
        "log" when words.Length is 2 or 3 => AddKey(_logs, words[1], words[1], words.ElementAtOrDefault(2), [NoteKey.Ed25519Type, NoteKey.MlDsaType]),
        "witness" when words.Length is 3 or 4 => IsFree(words[1]) ? AddKey(_witnesses, words[1], words[2], words.ElementAtOrDefault(3), [NoteKey.CosignatureType, NoteKey.MlDsaType]) ?? Name(words[1], new LogQuorum(1, [words[1]], [])) : Taken(words[1]),
        "group" when words.Length >= 4 => IsFree(words[1]) ? AddGroup(words[1], words[2], words[3..]) : Taken(words[1]),
        "quorum" when words.Length == 2 => _quorum is not null ? "there is a second quorum"
            : words[1] == None ? Set(new LogQuorum(0, [], []))
            : _named.TryGetValue(words[1], out var named) ? Set(named) : $"'{words[1]}' is not defined above it",
        _ => "it is none of 'log VKEY [URL]', 'witness NAME VKEY [URL]', 'group NAME all|any|K NAME…' and 'quorum NAME|none'",
    };

    private bool IsFree(string name) => name != None && !_named.ContainsKey(name);

    private static string Taken(string name) => $"the name '{name}' is taken";

    private string? Set(LogQuorum quorum)
    {
        _quorum = quorum;
        return null;
    }

    private string? Name(string name, LogQuorum quorum)
    {
        _named[name] = quorum;
        return null;
    }

    private static string? AddKey(List<LogPolicyKey> keys, string name, string text, string? address, byte[] types)
    {
        try
        {
            var key = NoteKey.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)));
            if (!types.Contains(key.Type))
            {
                return $"its key is of type {key.Type}, and {string.Join(" or ", types)} is expected there";
            }

            if (keys.Exists(other => other.Key.PublicKey.AsSpan().SequenceEqual(key.PublicKey)))
            {
                return "its key is there twice";
            }

            keys.Add(new LogPolicyKey(name, key, address));
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private string? AddGroup(string name, string threshold, string[] members)
    {
        if (members.FirstOrDefault(member => !_named.ContainsKey(member)) is { } unknown)
        {
            return $"'{unknown}' is not defined above it";
        }

        // Each name stands in one group at most, so that a witness contributes in one way only.
        if (members.FirstOrDefault(member => !_members.Add(member)) is { } twice)
        {
            return $"'{twice}' is a member twice";
        }

        var needed = threshold switch { "all" => members.Length, "any" => 1, _ => Checkpoint.Number(threshold) };
        return needed is >= 1 && needed <= members.Length ? Name(name, new LogQuorum((int)needed, [], [.. members.Select(member => _named[member])])) : $"'{threshold}' is not all, any, or a number from 1 to {members.Length}";
    }
}
