using System.Text.Json;
using PluginHost.State;

namespace PluginHost;

/// <summary>What an <see cref="IStateAnchor"/> keeps of a state directory.</summary>
/// <param name="State">Which directory it is.</param>
/// <param name="Generation">How often it had changed.</param>
/// <param name="AuditLog">Name of an audit log in it; empty for none.</param>
/// <param name="AuditSequence">A line of that log.</param>
/// <param name="AuditHead">Hash of that line.</param>
public sealed record StateMark(string State, long Generation, string AuditLog, long AuditSequence, string AuditHead)
{
    /// <summary>Digests of the files that say whom the host trusts; empty where they were not sealed yet.</summary>
    public string Trust { get; init; } = "";

    /// <summary>The digests that they are going to have, while they are being written; else empty.</summary>
    public string TrustNext { get; init; } = "";

    /// <summary>How far the lifecycle journal had come, its line's number and hash; empty where it never was written to.</summary>
    public string Journal { get; init; } = "";

    /// <summary>The mark as one line of JSON, for stores that keep a text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StateJson.Default.StateMark);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static StateMark FromJson(string text)
    {
        const int most = 4096;
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > most)
        {
            throw new FormatException($"the mark of the state has more than {most} characters");
        }

        try
        {
            return JsonSerializer.Deserialize(text, StateJson.Default.StateMark) ?? throw new FormatException("the mark of the state is empty");
        }
        catch (JsonException e)
        {
            throw new FormatException("the mark of the state is damaged", e);
        }
    }
}
