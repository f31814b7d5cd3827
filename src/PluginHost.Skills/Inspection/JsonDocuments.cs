using System.Text.Json;

namespace PluginHost.Skills.Inspection;

/// <summary>Reads the JSON documents of a package: bounded in depth, no property twice.</summary>
internal static class JsonDocuments
{
    private const int MaxDepth = 64;

    public static JsonDocument Read(byte[] bytes, string room, string entry)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new SkillVerificationException(room, "form", $"{entry} is not a JSON object");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SkillVerificationException(room, "form", $"{entry} is not JSON, or a property is there twice");
        }
    }

    /// <summary>A string property, or null where there is none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Text(value)
            : null;

    /// <summary>A text; null where escapes in it make none that could be one (half of a pair).</summary>
    public static string? Text(this JsonElement text)
    {
        try
        {
            return text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Items of an array property; none where it is absent or no array.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : [];
}
