using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>Finds schemas: by URI among what it was given, by anchor and by JSON pointer within a document.</summary>
/// <param name="fetch">Finds a document; null where there is none.</param>
/// <param name="assertsFormats">Whether a <c>format</c> that is known must hold, instead of being an annotation.</param>
internal sealed class SchemaLoader(Func<Uri, JsonElement?> fetch, bool assertsFormats = false)
{
    private const string Definitions = "definitions";

    /// <summary>Reading one costs memory, and up to a tenth of a millisecond where it has a pattern.</summary>
    private const int MaxNodes = 10_000;

    private static readonly string[] Singles =
    [
        "items", "additionalItems", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else", "unevaluatedItems",
        "unevaluatedProperties", "contentSchema",
    ];

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
    private static readonly string[] Maps = ["properties", "patternProperties", Definitions, "$defs", "dependentSchemas", "dependencies"];

    private readonly Dictionary<string, SchemaResource> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaResource> _resourceAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SchemaNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _scanned = new(StringComparer.Ordinal);
    private readonly Queue<SchemaNode> _unlinked = [];

    public bool AssertsFormats { get; } = assertsFormats;

    /// <summary>Whether any schema wants to know what others have looked at.</summary>
    public bool NeedsAnnotations { get; set; }

    /// <summary>Reads a document and everything that it refers to.</summary>
    /// <exception cref="SchemaException">A reference leads nowhere, or a keyword cannot be read.</exception>
    public SchemaNode Load(JsonElement root, Uri uri, SchemaDialect dialect)
    {
        var node = NodeOf(AddDocument(uri, root, dialect));
        while (_unlinked.TryDequeue(out var unlinked))
        {
            unlinked.Referenced = unlinked.Reference is { } reference ? Resolve(reference, unlinked) : null;
            unlinked.DynamicReferenced = unlinked.DynamicReference is { } dynamic ? Resolve(dynamic, unlinked) : null;
        }

        return node;
    }

    /// <summary>The node of a dynamic anchor of a resource, if it has it.</summary>
    public SchemaNode? FindDynamic(Uri resource, string anchor) =>
        _resources.GetValueOrDefault(Key(resource)) is { } found && found.DynamicAnchors.Contains(anchor) ? NodeAt(found, found.Anchors[anchor]) : null;

    /// <summary>The node of a subschema.</summary>
    public SchemaNode Child(SchemaNode parent, JsonElement element, string pointer) => Node(parent.Resource, element, parent.Location[(parent.Location.IndexOf('#', StringComparison.Ordinal) + 1)..] + pointer);

    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private SchemaResource AddDocument(Uri uri, JsonElement root, SchemaDialect dialect)
    {
        dialect = DialectOf(root, dialect);
        var own = IdOf(root, dialect) is { } id ? Combine(uri, id) : uri;
        var resource = new SchemaResource(own, "", root, dialect, uri);
        _resources[Key(uri)] = resource;
        _resources.TryAdd(Key(own), resource);
        Scan(root, resource, "", isRoot: true);
        return resource;
    }

    private SchemaDialect DialectOf(JsonElement element, SchemaDialect fallback)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty("$schema", out var schema) || schema.ValueKind != JsonValueKind.String)
        {
            return fallback;
        }

        switch (schema.GetString()!.TrimEnd('#'))
        {
            case SchemaDialect.Draft7Uri:
                return SchemaDialect.Draft7;
            case SchemaDialect.Draft202012Uri:
                return SchemaDialect.Draft202012;
            case var other when Uri.TryCreate(other, UriKind.Absolute, out var uri) && fetch(uri) is { ValueKind: JsonValueKind.Object } meta:
                return meta.TryGetProperty("$vocabulary", out var vocabulary) && vocabulary.ValueKind == JsonValueKind.Object
                    ? SchemaDialect.Draft202012 with { Validates = vocabulary.TryGetProperty(SchemaDialect.ValidationVocabulary, out _) }
                    : SchemaDialect.Draft202012;
            case var unknown:
                throw new SchemaException("$schema", $"'{unknown}' is neither draft 2020-12 nor draft 7");
        }
    }

    /// <summary>Registers what has an identifier of its own.</summary>
    private void Scan(JsonElement element, SchemaResource resource, string pointer, bool isRoot = false)
    {
        if (element.ValueKind != JsonValueKind.Object || !_scanned.Add(Location(resource, pointer)))
        {
            return;
        }

        if (!isRoot && IdOf(element, resource.Dialect) is { } id)
        {
            resource = new SchemaResource(Combine(resource.Uri, id), pointer, element, DialectOf(element, resource.Dialect), resource.Document);
            _resources.TryAdd(Key(resource.Uri), resource);
            _resourceAt[Location(resource, pointer)] = resource;
        }

        AddAnchors(element, resource, pointer);
        foreach (var (child, at) in Subschemas(element))
        {
            Scan(child, resource, pointer + at);
        }
    }

    private static void AddAnchors(JsonElement element, SchemaResource resource, string pointer)
    {
        if (resource.Dialect.IsDraft7)
        {
            if (Text(element, "$id") is { } id && id.StartsWith('#') && id.Length > 1 && !element.TryGetProperty("$ref", out _))
            {
                resource.Anchors.TryAdd(id[1..], pointer);
            }

            return;
        }

        if (Text(element, "$anchor") is { } anchor)
        {
            resource.Anchors.TryAdd(anchor, pointer);
        }

        if (Text(element, "$dynamicAnchor") is { } dynamic)
        {
            resource.Anchors.TryAdd(dynamic, pointer);
            resource.DynamicAnchors.Add(dynamic);
        }
    }

    private static IEnumerable<(JsonElement Element, string Pointer)> Subschemas(JsonElement element)
    {
        foreach (var name in Singles)
        {
            if (element.TryGetProperty(name, out var child) && child.ValueKind == JsonValueKind.Object)
            {
                yield return (child, "/" + name);
            }
        }

        foreach (var name in Lists)
        {
            if (element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array)
            {
                foreach (var (child, i) in list.EnumerateArray().Select((child, i) => (child, i)))
                {
                    yield return (child, $"/{name}/{i}");
                }
            }
        }

        foreach (var name in Maps)
        {
            if (element.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in map.EnumerateObject())
                {
                    yield return (member.Value, $"/{name}/{Escape(member.Name)}");
                }
            }
        }
    }

    private SchemaNode Resolve(string reference, SchemaNode from)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (path, fragment) = hash < 0 ? (reference, "") : (reference[..hash], Uri.UnescapeDataString(reference[(hash + 1)..]));
        var uri = path.Length == 0 ? from.Resource.Uri : Combine(from.Resource.Uri, path);
        if (!_resources.TryGetValue(Key(uri), out var resource))
        {
            resource = fetch(uri) is { } document
                ? AddDocument(uri, document, from.Resource.Dialect)
                : throw new SchemaException(from.Location, $"the reference '{reference}' leads to no schema of this package");
        }

        if (fragment.Length == 0)
        {
            return NodeOf(resource);
        }

        return fragment.StartsWith('/') ? AtPointer(resource, fragment, from)
            : resource.Anchors.TryGetValue(fragment, out var anchored) ? NodeAt(resource, anchored)
            : throw new SchemaException(from.Location, $"there is no anchor for '{reference}'");
    }

    private SchemaNode NodeOf(SchemaResource resource) => Node(resource, resource.Element, resource.Pointer);

    private SchemaNode NodeAt(SchemaResource resource, string documentPointer) =>
        AtPointer(resource, documentPointer[resource.Pointer.Length..], null);

    /// <summary>Follows a pointer from the root of a resource; what has an identifier on the way changes the resource.</summary>
    private SchemaNode AtPointer(SchemaResource resource, string pointer, SchemaNode? from)
    {
        var element = resource.Element;
        var at = resource.Pointer;
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var found = element.ValueKind switch
            {
                JsonValueKind.Object => element.TryGetProperty(name, out var member) ? member : null,
                JsonValueKind.Array => int.TryParse(name, out var index) && (uint)index < (uint)element.GetArrayLength() ? element[index] : null,
                _ => (JsonElement?)null,
            };
            element = found ?? throw new SchemaException(from?.Location ?? "", $"the pointer '{pointer}' leads nowhere");
            at += "/" + Escape(name);
            resource = _resourceAt.GetValueOrDefault(Location(resource, at), resource);
        }

        Scan(element, resource, at);
        return Node(_resourceAt.GetValueOrDefault(Location(resource, at), resource), element, at);
    }

    private SchemaNode Node(SchemaResource resource, JsonElement element, string pointer)
    {
        var location = Location(resource, pointer);
        resource = _resourceAt.GetValueOrDefault(location, resource);
        if (_nodes.TryGetValue(location, out var known))
        {
            return known;
        }

        if (_nodes.Count == MaxNodes)
        {
            throw new SchemaException(location, $"more than {MaxNodes} schemas within one");
        }

        var node = new SchemaNode
        {
            Location = location,
            Resource = resource,
            Always = element.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
        };
        _nodes.Add(location, node);
        if (node.Always is null)
        {
            new SchemaReader(this, node, element).Read();
            _unlinked.Enqueue(node);
        }

        return node;
    }

    private static string? IdOf(JsonElement element, SchemaDialect dialect) =>
        Text(element, "$id") is { } id && !(dialect.IsDraft7 && (id.StartsWith('#') || element.TryGetProperty("$ref", out _))) ? id : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Uri Combine(Uri from, string reference) =>
        Uri.TryCreate(from, reference, out var uri) ? uri : throw new SchemaException(from.ToString(), $"'{reference}' is no URI reference");

    private static string Key(Uri uri) => uri.ToString() is var text && text.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? text[..hash] : text;

    private static string Location(SchemaResource resource, string pointer) => $"{Key(resource.Document)}#{pointer}";
}
