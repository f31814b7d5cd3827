using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>Verifies the chain of a log, line by line, in bounded memory.</summary>
public sealed class AuditVerifier
{
    private const int MaxProblems = 100;

    private readonly List<AuditProblem> _problems = [];
    private readonly SortedSet<long> _open = [];
    private string _head = AuditLine.NoHash;
    private long _lines;
    private long _sequence;

    private AuditVerifier()
    {
    }

    /// <summary>Reads a log from its start.</summary>
    /// <param name="log">The log; it must be able to seek.</param>
    /// <param name="expectedHead">Hash that its last line must have, if the caller knows it.</param>
    /// <returns>What was found, problems included.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AuditReport Verify(Stream log, string? expectedHead)
    {
        ArgumentNullException.ThrowIfNull(log);
        var verifier = new AuditVerifier();
        log.Seek(0, SeekOrigin.Begin);
        var torn = verifier.Lines(log);
        if (expectedHead is not null && verifier._head != expectedHead)
        {
            verifier.Problem("the last line is not the expected one: the end was cut off or rewritten");
        }

        return new AuditReport(
            verifier._lines, verifier._sequence, verifier._head, expectedHead is not null && verifier._problems.Count == 0, torn, [.. verifier._open], verifier._problems);
    }

    private long Lines(Stream log)
    {
        var line = new List<byte>();
        var buffer = new byte[64 * 1024];
        for (int count; (count = log.Read(buffer)) > 0;)
        {
            var rest = buffer.AsSpan(0, count);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                line.AddRange(rest[..end]);
                Line([.. line]);
                line.Clear();
            }

            line.AddRange(rest);
            if (line.Count > AuditLine.MaxBytes)
            {
                Problem("the line is longer than any line of a log");
                return 0;
            }
        }

        return line.Count;
    }

    private void Line(byte[] line)
    {
        _lines++;
        if (!AuditLine.TryOpen(line, out var written, out var computed))
        {
            Problem("the line does not end with its hash");
            return;
        }

        if (written != computed)
        {
            Problem("the line was changed: its hash does not fit its content");
        }

        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            Chain(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            Problem("the line is not a record");
        }

        _head = written;
    }

    private void Chain(JsonElement record)
    {
        if (record.GetProperty("v").GetInt32() != 1)
        {
            Problem("the line is of another version");
        }

        if (_lines == 1 && record.GetProperty("type").GetString() != "segment")
        {
            Problem("the log does not begin with a segment");
        }

        if (record.GetProperty("prev").GetString() != _head)
        {
            Problem("a line before it was removed, inserted, moved or changed");
        }

        var sequence = record.GetProperty("seq").GetInt64();
        if (sequence != _sequence + 1)
        {
            Problem($"sequence number {sequence} does not follow {_sequence}");
        }

        _sequence = sequence;
        switch (record.GetProperty("type").GetString())
        {
            case "demand" when record.GetProperty("decision").GetString() == "allow":
                _open.Add(sequence);
                break;
            case "done":
                if (!_open.Remove(record.GetProperty("of").GetInt64()))
                {
                    Problem("an outcome without its demand");
                }

                break;
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
