using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.JsonSchema;

/// <summary>A schema or subschema, its keywords read.</summary>
internal sealed class SchemaNode
{
    /// <summary>Where it stands: the document's URI and a JSON pointer.</summary>
    public required string Location { get; init; }

    /// <summary>The resource that it belongs to.</summary>
    public required SchemaResource Resource { get; init; }

    /// <summary>The whole schema where it is <c>true</c> or <c>false</c>.</summary>
    public bool? Always { get; init; }

    public string? Reference { get; set; }

    /// <summary>What <see cref="Reference"/> leads to.</summary>
    public SchemaNode? Referenced { get; set; }

    public string? DynamicReference { get; set; }

    public SchemaNode? DynamicReferenced { get; set; }

    public string? DynamicAnchor { get; set; }

    public JsonKinds Types { get; set; }

    public bool RequiresInteger { get; set; }

    public JsonElement? Constant { get; set; }

    public JsonElement? Enumeration { get; set; }

    /// <summary>The same where all of it are strings.</summary>
    public FrozenSet<string>? EnumeratedTexts { get; set; }

    public JsonNumber? Minimum { get; set; }

    public JsonNumber? Maximum { get; set; }

    public JsonNumber? ExclusiveMinimum { get; set; }

    public JsonNumber? ExclusiveMaximum { get; set; }

    public JsonNumber? MultipleOf { get; set; }

    public long? MinLength { get; set; }

    public long? MaxLength { get; set; }

    public Regex? Pattern { get; set; }

    /// <summary>A format that must hold.</summary>
    public string? Format { get; set; }

    public long? MinItems { get; set; }

    public long? MaxItems { get; set; }

    public bool UniqueItems { get; set; }

    public SchemaNode? Contains { get; set; }

    public long MinContains { get; set; } = 1;

    public long? MaxContains { get; set; }

    public SchemaNode[] PrefixItems { get; set; } = [];

    public SchemaNode? Items { get; set; }

    public long? MinProperties { get; set; }

    public long? MaxProperties { get; set; }

    public string[] Required { get; set; } = [];

    public Dictionary<string, string[]>? DependentRequired { get; set; }

    public Dictionary<string, SchemaNode>? DependentSchemas { get; set; }

    public Dictionary<string, SchemaNode>? Properties { get; set; }

    public (Regex Pattern, SchemaNode Schema)[] PatternProperties { get; set; } = [];

    public SchemaNode? AdditionalProperties { get; set; }

    public SchemaNode? PropertyNames { get; set; }

    public SchemaNode[] AllOf { get; set; } = [];

    public SchemaNode[] AnyOf { get; set; } = [];

    public SchemaNode[] OneOf { get; set; } = [];

    public SchemaNode? Not { get; set; }

    public SchemaNode? If { get; set; }

    public SchemaNode? Then { get; set; }

    public SchemaNode? Else { get; set; }

    public SchemaNode? UnevaluatedItems { get; set; }

    public SchemaNode? UnevaluatedProperties { get; set; }
}
