using System.Collections.Frozen;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>The meta-schemas of the drafts, as json-schema.org publishes them.</summary>
internal static class MetaSchemaFiles
{
    private static readonly FrozenDictionary<string, JsonElement> Files = typeof(MetaSchemaFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".MetaSchemas.", StringComparison.Ordinal))
        .Select(Read)
        .ToFrozenDictionary(file => file.GetProperty("$id").GetString()!.TrimEnd('#'), StringComparer.Ordinal);

    public static JsonElement? Find(Uri uri) => Files.TryGetValue(uri.ToString().TrimEnd('#'), out var file) ? file : null;

    private static JsonElement Read(string name)
    {
        using var stream = typeof(MetaSchemaFiles).Assembly.GetManifestResourceStream(name)!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
