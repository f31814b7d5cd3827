using System.Collections.Immutable;

namespace PluginHost.Skills.Scoring;

/// <summary>A way along which trust flows.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Steps">Keys from the operator's narrator on, and at the end what it flows to.</param>
internal sealed record FlowPath(int Amount, ImmutableArray<string> Steps)
{
    /// <summary>Links of the vouches that it takes, one for each key after the first.</summary>
    public ImmutableArray<string> Vouches { get; init; } = [];
}
