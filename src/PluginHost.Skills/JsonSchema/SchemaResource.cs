using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>A schema with a URI of its own: a document, or a part of one that has an <c>$id</c>.</summary>
internal sealed class SchemaResource(Uri uri, string pointer, JsonElement element, SchemaDialect dialect, Uri document)
{
    public Uri Uri { get; } = uri;

    /// <summary>Where it stands in its document.</summary>
    public string Pointer { get; } = pointer;

    public JsonElement Element { get; } = element;

    public SchemaDialect Dialect { get; } = dialect;

    public Uri Document { get; } = document;

    /// <summary>Pointers from the document's root, by plain-name fragment.</summary>
    public Dictionary<string, string> Anchors { get; } = new(StringComparer.Ordinal);

    public HashSet<string> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}
