namespace PluginHost.Skills.JsonSchema;

/// <summary>Kinds of values that a schema allows.</summary>
[Flags]
internal enum JsonKinds
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Number = 4,
    String = 8,
    Array = 16,
    Object = 32,
}
