using System.Collections.Immutable;
using PluginHost.Scan.Syntax;

namespace PluginHost.Scan.Conditions;

/// <summary>A rule that can be evaluated.</summary>
/// <param name="Declaration">How it is written.</param>
/// <param name="Numbers">The numbers of its strings among all, by their names.</param>
/// <param name="Condition">Its condition.</param>
/// <param name="Variables">How many places the variables of its loops take.</param>
internal sealed record CompiledRule(RuleDeclaration Declaration, ImmutableDictionary<string, int> Numbers, Term Condition, int Variables);
