namespace PluginHost.Skills.JsonSchema;

/// <summary>It is no schema that can be evaluated here.</summary>
internal sealed class SchemaException(string location, string message) : Exception($"{location}: {message}");
