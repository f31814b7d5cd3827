using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>Verifies the chain of a log, line by line, in bounded memory.</summary>
public sealed class AuditVerifier
{
    private const int MaxProblems = 100;
    private const int MaxOpen = 1_000_000;
    private const int MaxUnknown = 1_000;
    private const int MaxOthers = 10_000;

    private readonly AuditExpectation _expected;
    private readonly List<AuditProblem> _problems = [];
    private readonly HashSet<long> _open = [];
    private readonly List<AuditPosition> _others = [];
    private readonly List<string> _removed = [];
    private readonly Dictionary<long, string> _signed = [];
    private readonly byte[] _scratch = new byte[AuditLine.MaxBytes + 64];
    private byte[] _head = new byte[AuditLine.HashDigits];
    private byte[] _next = new byte[AuditLine.HashDigits];
    private (long Sequence, string Head)? _unexplained;
    private long _lines;
    private long _first;

    /// <summary>The record that tells why the beginning is missing.</summary>
    private long _explained;

    /// <summary>The log's name, as its checkpoints have it.</summary>
    private string? _name;
    private long _sequence;
    private bool _beginsSegment;
    private bool _holdsWanted;

    private AuditVerifier(AuditExpectation expected)
    {
        _expected = expected;
        Encoding.ASCII.GetBytes(expected.From?.Head ?? AuditLine.NoHash, _head);
        _sequence = expected.From?.Sequence ?? 0;
    }

    /// <summary>Reads a log from its start.</summary>
    /// <param name="log">The log; it must be able to seek.</param>
    /// <param name="expectedHead">Hash that its last line must have, if the caller knows it.</param>
    /// <returns>What was found, problems included.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AuditReport Verify(Stream log, string? expectedHead)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Verify([log], new AuditExpectation { Head = expectedHead });
    }

    /// <summary>Reads the file of a log, and the finished segments beside it.</summary>
    internal static AuditReport Verify(string path, AuditExpectation expected)
    {
        var streams = new List<Stream>();
        try
        {
            foreach (var file in AuditSegment.Of(path).Select(segment => segment.Path).Append(path))
            {
                streams.Add(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1));
            }

            return Verify(streams, expected);
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    internal static AuditReport Verify(IReadOnlyList<Stream> segments, AuditExpectation expected)
    {
        var verifier = new AuditVerifier(expected);
        long torn = 0;
        foreach (var segment in segments)
        {
            if (torn > 0)
            {
                verifier.Problem("a finished segment ends in the middle of a line");
            }

            segment.Seek(0, SeekOrigin.Begin);
            verifier._beginsSegment = true;
            torn = LineReader.Read(segment, verifier.Line);
            if (torn < 0)
            {
                verifier.Problem("the line is longer than any line of a log");
                break;
            }
        }

        return verifier.Report(Math.Max(0, torn));
    }

    private AuditReport Report(long torn)
    {
        var head = Encoding.ASCII.GetString(_head);
        if (_unexplained is not null)
        {
            Problem("the beginning is missing, and no record tells of its removal");
        }

        if (_expected.Head is { } expected && head != expected)
        {
            Problem("the last line is not the expected one: the end was cut off or rewritten");
        }

        if (_expected.Holds is { } wanted && !_holdsWanted && !WasRemoved(wanted))
        {
            Problem($"line {wanted.Sequence} is not the one that was noted elsewhere: the log was cut off or rewritten");
        }

        if (_expected.Key is not null && _signed.Count == 0)
        {
            Problem("no checkpoint is signed with the host's key: nothing proves whose log it is");
        }

        return new AuditReport(
            _lines, _sequence, head, _expected.Head is not null && _problems.Count == 0, torn, [.. _open.Order().Take(MaxUnknown)], _problems)
        {
            FirstSequence = _first,
            Checkpoints = _signed.Count,
            CheckpointsProven = _expected.Key is not null && _signed.Count > 0 && _problems.Count == 0,
            Others = _others,
            Removed = _removed,
            Signed = _signed,
        };
    }

    /// <summary>Whether a line went by retention, and the host's own key says so.</summary>
    private bool WasRemoved(AuditPosition wanted) =>
        wanted.Sequence < _first && _expected.Key is not null && _explained > 0 && _signed.Keys.Any(size => size >= _explained);

    private void Line(ReadOnlySpan<byte> line)
    {
        _lines++;
        if (!AuditLine.TryOpen(line, _scratch, out var written, out var holds))
        {
            Problem("the line does not end with its hash");
            return;
        }

        if (!holds)
        {
            Problem("the line was changed: its hash does not fit its content");
        }

        written.CopyTo(_next);
        try
        {
            var record = AuditRecord.Read(line);
            Chain(record, line);
            if (_expected.Holds is { } wanted && wanted.Sequence == record.Sequence)
            {
                _holdsWanted = wanted.Head == Encoding.ASCII.GetString(written);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            Problem("the line is not a record");
        }

        (_head, _next) = (_next, _head);
    }

    private void Chain(in AuditRecord record, ReadOnlySpan<byte> line)
    {
        if (record.Version != 1)
        {
            Problem("the line is of another version");
        }

        if (_beginsSegment && !record.Is("segment"u8))
        {
            Problem(_lines == 1 ? "the log does not begin with a segment" : "the file does not begin with a segment");
        }

        if (_lines == 1)
        {
            _first = record.Sequence;
            Begin(record);
        }

        _beginsSegment = false;
        if (!record.Previous.SequenceEqual(_head))
        {
            Problem("a line before it was removed, inserted, moved or changed");
        }

        if (record.Sequence != _sequence + 1)
        {
            Problem($"sequence number {record.Sequence} does not follow {_sequence}");
        }

        _sequence = record.Sequence;
        if (record.Is("demand"u8))
        {
            if (record.Allows && _open.Count < MaxOpen)
            {
                _open.Add(record.Sequence);
            }
        }
        else if (record.Is("done"u8))
        {
            if (!_open.Remove(record.Of) && record.Of >= _first && _open.Count < MaxOpen)
            {
                Problem("an outcome without its demand");
            }
        }
        else if (record.Is("checkpoint"u8))
        {
            using var document = JsonDocument.Parse(line.ToArray());
            Checkpoint(document.RootElement);
        }
        else if (record.Is("lifecycle"u8))
        {
            using var document = JsonDocument.Parse(line.ToArray());
            Lifecycle(document.RootElement);
        }
    }

    private void Lifecycle(JsonElement record)
    {
        if (record.GetProperty("event").GetString() != "retention")
        {
            return;
        }

        if (_unexplained is { } start && record.GetProperty("last").GetInt64() == start.Sequence && record.GetProperty("head").GetString() == start.Head)
        {
            _unexplained = null;
            _explained = _sequence;
        }

        if (_removed.Count < MaxOthers)
        {
            _removed.Add(record.GetProperty("segment").GetString() ?? "");
            _removed.AddRange(record.GetProperty("before").EnumerateArray().Take(MaxOthers).Select(name => name.GetString() ?? ""));
        }
    }

    /// <summary>Older segments may have been removed: what is left begins in the middle, and says later that it does.</summary>
    private void Begin(in AuditRecord record)
    {
        if (_expected.From is null && record.Sequence > 1)
        {
            _sequence = record.Sequence - 1;
            record.Previous.CopyTo(_head);
            _unexplained = (_sequence, Encoding.ASCII.GetString(_head));
        }
    }

    private void Checkpoint(JsonElement record)
    {
        var position = new AuditPosition("", record.GetProperty("size").GetInt64(), record.GetProperty("head").GetString() ?? "");
        var note = record.GetProperty("note").GetString() ?? "";
        if (position.Sequence != _sequence - 1 || position.Head != Encoding.ASCII.GetString(_head))
        {
            Problem("a checkpoint is of another line than the one before it");
        }
        else if (CheckpointSigner.Read(note) is not { } signed || signed.Sequence != position.Sequence || signed.Head != position.Head)
        {
            Problem("the note of a checkpoint says something else than its record");
        }
        else if (_expected.Key is { } key && !CheckpointSigner.IsSigned(note, key))
        {
            Problem("a checkpoint is not signed with the host's key");
        }
        else if ((_name ??= signed.Log) != signed.Log)
        {
            Problem("a checkpoint is of another log than those before it");
        }
        else
        {
            _signed[position.Sequence] = position.Head;
        }

        foreach (var other in record.GetProperty("others").EnumerateArray())
        {
            if (_others.Count < MaxOthers)
            {
                _others.Add(new AuditPosition(other.GetProperty("log").GetString() ?? "", other.GetProperty("size").GetInt64(), other.GetProperty("head").GetString() ?? ""));
            }
        }
    }

    private void Problem(string what)
    {
        if (_problems.Count < MaxProblems)
        {
            _problems.Add(new AuditProblem(_lines, what));
        }
    }
}
