namespace PluginHost.Skills.JsonSchema;

/// <summary>Which keywords mean something in a schema.</summary>
/// <param name="IsDraft7">Whether it is draft 7; else draft 2020-12.</param>
/// <param name="Validates">Whether the validation vocabulary is used.</param>
internal sealed record SchemaDialect(bool IsDraft7, bool Validates)
{
    public const string Draft7Uri = "http://json-schema.org/draft-07/schema";
    public const string Draft202012Uri = "https://json-schema.org/draft/2020-12/schema";
    public const string ValidationVocabulary = "https://json-schema.org/draft/2020-12/vocab/validation";

    public static SchemaDialect Draft7 { get; } = new(true, true);

    public static SchemaDialect Draft202012 { get; } = new(false, true);
}
