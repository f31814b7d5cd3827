namespace PluginHost.Scan.Syntax;

/// <summary>How many.</summary>
/// <param name="Word"><c>all</c>, <c>any</c>, <c>none</c>; null where a number says it.</param>
/// <param name="Number">The number.</param>
/// <param name="IsPercent">Whether it is one in a hundred.</param>
internal sealed record Quantifier(string? Word, Node? Number, bool IsPercent);
