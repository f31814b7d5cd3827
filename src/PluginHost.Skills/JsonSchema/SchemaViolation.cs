namespace PluginHost.Skills.JsonSchema;

/// <summary>Why a value does not fit its schema.</summary>
/// <param name="Instance">Where in the value, as a JSON pointer; empty for the whole.</param>
/// <param name="Keyword">The keyword that refused.</param>
/// <param name="Schema">Where in the schema the keyword stands.</param>
internal sealed record SchemaViolation(string Instance, string Keyword, string Schema)
{
    public override string ToString() => $"{(Instance.Length == 0 ? "the value" : Instance)} breaks '{Keyword}' at {Schema}";
}
