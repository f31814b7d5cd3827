using System.Collections.Immutable;

namespace PluginHost.Skills.Scoring;

/// <summary>A part of a score.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Weight">How much of a hundred it makes up.</param>
/// <param name="Value">What it is worth, 0 to 1000.</param>
/// <param name="Why">Why it is.</param>
internal sealed record ScoreComponent(string Name, int Weight, int Value, string Why)
{
    /// <summary>Names of the evidence that earned it: ids of links, keys, files and packs of rules by their SHA-256.</summary>
    public ImmutableArray<string> Evidence { get; init; } = [];
}
