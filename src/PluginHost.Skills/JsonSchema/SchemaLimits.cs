namespace PluginHost.Skills.JsonSchema;

/// <summary>What an evaluation may cost.</summary>
/// <param name="Steps">Applications of a schema to a value, members and items of it among them.</param>
/// <param name="Time">How long it may take.</param>
internal sealed record SchemaLimits(int Steps, TimeSpan Time)
{
    public static SchemaLimits Default { get; } = new(1_000_000, TimeSpan.FromSeconds(2));
}
