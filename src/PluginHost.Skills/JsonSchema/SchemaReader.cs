using System.Collections.Frozen;
using System.Text.Json;

namespace PluginHost.Skills.JsonSchema;

/// <summary>Reads the keywords of one schema into its node.</summary>
internal sealed class SchemaReader(SchemaLoader loader, SchemaNode node, JsonElement element)
{
    private SchemaDialect Dialect => node.Resource.Dialect;

    /// <exception cref="SchemaException">A keyword has a value that it cannot have.</exception>
    public void Read()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new SchemaException(node.Location, "a schema is an object, true or false");
        }

        try
        {
            node.Reference = Text("$ref");
            if (Dialect.IsDraft7 && node.Reference is not null)
            {
                return;
            }

            if (!Dialect.IsDraft7)
            {
                node.DynamicReference = Text("$dynamicRef");
                node.DynamicAnchor = Text("$dynamicAnchor");
            }

            if (Dialect.Validates)
            {
                Validation();
            }

            Applicators();
            Arrays();
            Objects();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or SchemaLimitException)
        {
            throw new SchemaException(node.Location, e is InvalidOperationException ? "a keyword has a value of the wrong kind" : e.Message);
        }
    }

    private void Validation()
    {
        if (Find("type") is { } type)
        {
            foreach (var name in type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(item => item.GetString()!) : [type.GetString()!])
            {
                AddType(name);
            }
        }

        node.Constant = Find("const");
        node.Enumeration = Find("enum");
        node.EnumeratedTexts = node.Enumeration is { } values && values.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? values.EnumerateArray().Select(one => one.GetString()!).ToFrozenSet(StringComparer.Ordinal)
            : null;
        (node.Minimum, node.Maximum, node.MultipleOf) = (Number("minimum"), Number("maximum"), Number("multipleOf"));
        (node.ExclusiveMinimum, node.ExclusiveMaximum) = (Number("exclusiveMinimum"), Number("exclusiveMaximum"));
        (node.MinLength, node.MaxLength) = (Count("minLength"), Count("maxLength"));
        node.Pattern = Text("pattern") is { } pattern ? SchemaPattern.Compile(pattern) : null;
        node.Format = loader.AssertsFormats ? Text("format") : null;
        (node.MinItems, node.MaxItems) = (Count("minItems"), Count("maxItems"));
        node.UniqueItems = Find("uniqueItems")?.GetBoolean() == true;
        (node.MinProperties, node.MaxProperties) = (Count("minProperties"), Count("maxProperties"));
        node.Required = Find("required")?.EnumerateArray().Select(name => name.GetString()!).ToArray() ?? [];
        if (!Dialect.IsDraft7)
        {
            node.MinContains = Count("minContains") ?? 1;
            node.MaxContains = Count("maxContains");
            node.DependentRequired = Find("dependentRequired")?.EnumerateObject().ToDictionary(
                member => member.Name, member => member.Value.EnumerateArray().Select(name => name.GetString()!).ToArray(), StringComparer.Ordinal);
        }
    }

    private void AddType(string name)
    {
        node.RequiresInteger |= name == "integer";
        node.Types |= name switch
        {
            "null" => JsonKinds.Null,
            "boolean" => JsonKinds.Boolean,
            "integer" => JsonKinds.None,
            "number" => JsonKinds.Number,
            "string" => JsonKinds.String,
            "array" => JsonKinds.Array,
            "object" => JsonKinds.Object,
            _ => throw new FormatException($"'{name}' is no type"),
        };
    }

    private void Applicators()
    {
        node.AllOf = List("allOf");
        node.AnyOf = List("anyOf");
        node.OneOf = List("oneOf");
        node.Not = Child("not");
        node.If = Child("if");
        (node.Then, node.Else) = (Child("then"), Child("else"));
    }

    private void Arrays()
    {
        node.Contains = Child("contains");
        if (Dialect.IsDraft7 && Find("items") is { ValueKind: JsonValueKind.Array })
        {
            node.PrefixItems = List("items");
            node.Items = Child("additionalItems");
            return;
        }

        node.Items = Child("items");
        if (!Dialect.IsDraft7)
        {
            node.PrefixItems = List("prefixItems");
            node.UnevaluatedItems = Child("unevaluatedItems");
            loader.NeedsAnnotations |= node.UnevaluatedItems is not null;
        }
    }

    private void Objects()
    {
        node.Properties = Map("properties");
        node.PatternProperties = Map("patternProperties") is { } patterns
            ? [.. patterns.Select(pair => (SchemaPattern.Compile(pair.Key), pair.Value))]
            : [];
        node.AdditionalProperties = Child("additionalProperties");
        node.PropertyNames = Child("propertyNames");
        if (!Dialect.IsDraft7)
        {
            node.DependentSchemas = Map("dependentSchemas");
            node.UnevaluatedProperties = Child("unevaluatedProperties");
            loader.NeedsAnnotations |= node.UnevaluatedProperties is not null;
            return;
        }

        if (Find("dependencies") is { } dependencies)
        {
            node.DependentRequired = dependencies.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.Array)
                .ToDictionary(member => member.Name, member => member.Value.EnumerateArray().Select(name => name.GetString()!).ToArray(), StringComparer.Ordinal);
            node.DependentSchemas = dependencies.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Array)
                .ToDictionary(member => member.Name, member => loader.Child(node, member.Value, "/dependencies/" + SchemaLoader.Escape(member.Name)), StringComparer.Ordinal);
        }
    }

    private JsonElement? Find(string name) => element.TryGetProperty(name, out var value) ? value : null;

    private string? Text(string name) => Find(name)?.GetString();

    private JsonNumber? Number(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number ? JsonNumber.Of(value) : throw new FormatException($"'{name}' is no number")
        : null;

    private long? Count(string name) => Find(name) is { } value
        ? value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var count) && count >= 0 && count <= long.MaxValue && decimal.IsInteger(count)
            ? (long)count
            : throw new FormatException($"'{name}' is no count")
        : null;

    private SchemaNode? Child(string name) => Find(name) is { } value ? loader.Child(node, value, "/" + name) : null;

    private SchemaNode[] List(string name) => Find(name) is { } list
        ? [.. list.EnumerateArray().Select((item, i) => loader.Child(node, item, $"/{name}/{i}"))]
        : [];

    private Dictionary<string, SchemaNode>? Map(string name) => Find(name) is { } map
        ? map.EnumerateObject().ToDictionary(member => member.Name, member => loader.Child(node, member.Value, $"/{name}/{SchemaLoader.Escape(member.Name)}"), StringComparer.Ordinal)
        : null;
}
