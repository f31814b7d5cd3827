namespace PluginHost.Skills.JsonSchema;

/// <summary>Evaluating would take more than is allowed; nothing is said about the value.</summary>
internal sealed class SchemaLimitException(string message) : Exception(message);
