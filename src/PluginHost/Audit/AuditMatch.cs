using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>A line that was found.</summary>
/// <param name="Line">The line as it stands.</param>
/// <param name="Fields">What it says.</param>
internal sealed record AuditMatch(string Line, JsonElement Fields)
{
    public string Type => this["type"];

    public long Sequence => Fields.GetProperty("seq").GetInt64();

    /// <summary>A field that is a text; empty where there is none.</summary>
    public string this[string name] => Fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    /// <summary>On whose behalf, as far as it is known.</summary>
    public string Who => Fields.TryGetProperty("context", out var context) && context.ValueKind == JsonValueKind.Object
        ? string.Join('/', context.EnumerateObject().Where(part => part.Name != "correlation" && part.Value.ValueKind == JsonValueKind.String).Select(part => part.Value.GetString()))
        : this["who"];
}
