namespace PluginHost;

/// <summary>Says that a value is a secret, which must reach no log, no exception and no guest. For the analyzers (PHG014).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.ReturnValue)]
public sealed class SecretAttribute : Attribute;
