using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Trust;

/// <summary>How far the signatures of a revoked key count: those that a log had before. A log writes down an order, and no thief can put himself before it.</summary>
/// <param name="Log">The log's origin.</param>
/// <param name="Index">The first entry that does not count.</param>
internal sealed record LogCutoff(string Log, long Index)
{
    private const int MaxLog = 512;
    private const string LogField = "log";
    private const string IndexField = "index";

    /// <summary>Makes one of what somebody wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static LogCutoff Of(string log, long index) => log.Length is > 0 and <= MaxLog && !log.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && index >= 0
        ? new LogCutoff(log, index)
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"a cut-off in a log names the log, in at most {MaxLog} characters without spaces, and an index from 0"));

    /// <summary>Reads the fields of an object; null where none of them is there.</summary>
    /// <exception cref="FormatException">One is there without the other, or is malformed.</exception>
    public static LogCutoff? Read(JsonElement item)
    {
        var hasIndex = item.TryGetProperty(IndexField, out var index) && index.ValueKind != JsonValueKind.Null;
        return item.Text(LogField) is { } log ? Of(log, hasIndex && index.ValueKind == JsonValueKind.Number && index.TryGetInt64(out var number) ? number : -1)
            : hasIndex ? Of("", -1)
            : null;
    }

    /// <summary>Writes the fields into an object that was begun.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString(LogField, Log);
        writer.WriteNumber(IndexField, Index);
    }

    /// <summary>What two cut-offs leave; null where they are about different logs, whose orders cannot be compared.</summary>
    public static LogCutoff? Both(LogCutoff? one, LogCutoff? other) =>
        one is null || other is null || one.Log != other.Log ? null : one.Index <= other.Index ? one : other;

    /// <summary>Whether a place in a log lies before it.</summary>
    public bool IsAfter(LoggedLink place) => place.Origin == Log && place.Index < Index;
}
