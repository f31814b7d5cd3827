using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>Makes the lines of a chain, one at a time: a line counts only once it is said to be the last one.</summary>
internal sealed class AuditChain : IDisposable
{
    /// <summary>Where the microseconds of a time end.</summary>
    private const int Microseconds = 26;

    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly Utf8JsonWriter _writer;
    private byte[] _head;
    private byte[] _next = new byte[AuditLine.HashDigits];

    public AuditChain(TimeProvider time, long sequence, string head)
    {
        _time = time;
        _writer = new Utf8JsonWriter(_body);
        _head = Encoding.ASCII.GetBytes(head);
        Sequence = sequence;
    }

    /// <summary>Sequence number of the last line.</summary>
    public long Sequence { get; private set; }

    /// <summary>Its hash.</summary>
    public string Head => Encoding.ASCII.GetString(_head);

    /// <summary>The line that was sealed.</summary>
    public ReadOnlySpan<byte> Line => _body.WrittenSpan[AuditLine.Context.Length..];

    /// <summary>Makes the line that would come next.</summary>
    /// <returns>Its length.</returns>
    public int Seal(string type, Action<Utf8JsonWriter> fields)
    {
        _body.ResetWrittenCount();
        _body.Write(AuditLine.Context);
        _writer.Reset();
        _writer.WriteStartObject();
        _writer.WriteNumber("v", 1);
        _writer.WriteNumber("seq", Sequence + 1);
        Span<byte> time = stackalloc byte[40];
        _time.GetUtcNow().UtcDateTime.TryFormat(time, out _, "O", CultureInfo.InvariantCulture);
        time[Microseconds] = (byte)'Z';
        _writer.WriteString("time"u8, time[..(Microseconds + 1)]);
        _writer.WriteString("type", type);
        fields(_writer);
        _writer.WriteString("prev"u8, _head);
        _writer.Flush();
        AuditLine.Seal(_body, _next);
        return Line.Length <= AuditLine.MaxBytes ? Line.Length : throw new InvalidOperationException("a record is longer than a line of the log may be");
    }

    /// <summary>The line that was sealed is the last one now.</summary>
    public long Advance()
    {
        (_head, _next) = (_next, _head);
        return ++Sequence;
    }

    public void Dispose() => _writer.Dispose();
}
