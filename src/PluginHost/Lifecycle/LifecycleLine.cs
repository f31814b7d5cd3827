using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PluginHost.Audit;
using PluginHost.Library;
using PluginHost.Skills.Inspection;

namespace PluginHost.Lifecycle;

/// <summary>Lines of the journal: the form of audit lines, so that whoever verifies those verifies these.</summary>
internal static class LifecycleLine
{
    public const string Type = "lifecycle";

    private const int MaxDepth = 8;

    /// <summary>The line that a journal begins with.</summary>
    public static byte[] First(TimeProvider time)
    {
        using var chain = new AuditChain(time, 0, AuditLine.NoHash);
        chain.Seal("segment", static writer => writer.WriteString("producer", "pluginhost"));
        return chain.Line.ToArray();
    }

    /// <summary>Writes the fields of a change.</summary>
    public static void Write(Utf8JsonWriter writer, LifecycleChange change)
    {
        writer.WriteString("event", change.Event);
        writer.WriteString("skill", change.Skill);
        writer.WriteString("version", change.Version);
        writer.WriteString("publisher", change.Publisher);
        writer.WriteString("payload", change.Payload);
        writer.WriteBoolean("signed", change.IsSigned);
        writer.WriteStartArray("way");
        foreach (var status in change.Way)
        {
            writer.WriteStringValue(StatusNames.Of(status));
        }

        writer.WriteEndArray();
        writer.WriteString("actor", change.Actor);
        writer.WriteString("reason", change.Reason);
        writer.WriteStartObject("evidence");
        foreach (var (name, value) in change.Evidence)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
        if (change.Current is { } current)
        {
            writer.WriteString("current", current);
        }

        if (change.Installed is { } installed)
        {
            writer.WritePropertyName("installed");
            JsonSerializer.Serialize(writer, installed, InstalledJson.Default.InstalledSkill);
        }
    }

    /// <summary>Reads a line whose chain was verified; null for one of another type.</summary>
    /// <exception cref="FormatException">It has another form.</exception>
    public static LifecycleRecord? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            var root = document.RootElement;
            return Text(root, "type") != Type ? null : new LifecycleRecord(
                root.GetProperty("seq").GetInt64(),
                DateTimeOffset.Parse(Text(root, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                Text(root, "hash"),
                Change(root));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException("a line of the lifecycle journal has another form", e);
        }
    }

    private static LifecycleChange Change(JsonElement root) => new()
    {
        Event = Text(root, "event"),
        Skill = Text(root, "skill"),
        Version = Text(root, "version"),
        Publisher = Text(root, "publisher"),
        Payload = Text(root, "payload"),
        IsSigned = root.GetProperty("signed").GetBoolean(),
        Way = root.Items("way").Select(status => StatusNames.Parse(status.Text() ?? "")).ToImmutableArray() is { Length: > 0 } way ? way : throw new FormatException("a line of the lifecycle journal has no way"),
        Actor = Text(root, "actor"),
        Reason = Text(root, "reason"),
        Evidence = root.GetProperty("evidence").EnumerateObject().ToImmutableSortedDictionary(property => property.Name, property => property.Value.Text() ?? "", StringComparer.Ordinal),
        Current = root.Text("current"),
        Installed = root.TryGetProperty("installed", out var installed) ? installed.Deserialize(InstalledJson.Default.InstalledSkill) : null,
    };

    private static string Text(JsonElement root, string name) => root.Text(name) ?? throw new FormatException($"a line of the lifecycle journal has no '{name}'");
}
