namespace PluginHost.Scan.Syntax;

/// <summary>An operator and what stands behind it.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Operand">What stands behind it.</param>
internal sealed record Operation(string Operator, Node Operand);
