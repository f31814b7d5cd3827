using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>
/// Which lines of a log are wanted. Works on their bytes: a text that somebody else chose cannot look like a field, because its
/// quotes are escaped.
/// </summary>
internal sealed class AuditFilter
{
    private static readonly byte[] TimeMark = ",\"time\":\""u8.ToArray();
    private const int TimeDigits = 27;

    private readonly List<byte[]> _fields = [];
    private readonly List<byte[]> _fragments = [];
    private byte[]? _since;
    private byte[]? _until;

    /// <summary>Whether every line is wanted.</summary>
    public bool IsEmpty => _fields.Count == 0 && _fragments.Count == 0 && _since is null && _until is null;

    /// <summary>A field must have a value, exactly.</summary>
    public AuditFilter Field(string name, string? value)
    {
        if (value is not null)
        {
            _fields.Add(Encoding.UTF8.GetBytes($"\"{name}\":\"{JsonEncodedText.Encode(value)}\""));
        }

        return this;
    }

    /// <summary>The resource, or whatever else a line says, must hold a text.</summary>
    public AuditFilter Text(string? text)
    {
        if (text is not null)
        {
            _fragments.Add(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(text).ToString()));
        }

        return this;
    }

    /// <param name="since">First moment that is wanted.</param>
    /// <param name="until">First moment that is not.</param>
    public AuditFilter Between(DateTimeOffset? since, DateTimeOffset? until)
    {
        _since = Bound(since);
        _until = Bound(until);
        return this;

        static byte[]? Bound(DateTimeOffset? time) => time is { } moment
            ? Encoding.ASCII.GetBytes(moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture))
            : null;
    }

    public bool Matches(ReadOnlySpan<byte> line)
    {
        if (_since is not null || _until is not null)
        {
            var at = line.IndexOf(TimeMark);
            if (at < 0 || line.Length < at + TimeMark.Length + TimeDigits)
            {
                return false;
            }

            var time = line.Slice(at + TimeMark.Length, TimeDigits);
            if ((_since is not null && time.SequenceCompareTo(_since) < 0) || (_until is not null && time.SequenceCompareTo(_until) >= 0))
            {
                return false;
            }
        }

        foreach (var field in _fields)
        {
            if (line.IndexOf(field) < 0)
            {
                return false;
            }
        }

        foreach (var fragment in _fragments)
        {
            if (line.IndexOf(fragment) < 0)
            {
                return false;
            }
        }

        return true;
    }
}
