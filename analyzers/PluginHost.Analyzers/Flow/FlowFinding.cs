using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Flow;

/// <summary>Something tainted reached a sink.</summary>
/// <param name="Value">What.</param>
/// <param name="Sink">Where.</param>
/// <param name="At">Where the rule's own body stands: the sink, or the call of the helper that holds it.</param>
/// <param name="HasDemanded">Whether something was demanded on every way there.</param>
internal sealed record FlowFinding(IOperation Value, IOperation Sink, IOperation At, bool HasDemanded)
{
    public ImmutableArray<Location> Additional => ReferenceEquals(At, Value) ? [] : [Value.Syntax.GetLocation()];
}
