using System.Collections.Immutable;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>How much a skill is trusted, 0 to 100, and why.</summary>
/// <param name="Value">The score.</param>
/// <param name="Cap">What the grade of the chain lets it be at most.</param>
/// <param name="Grade">The grade of the chain.</param>
/// <param name="Components">What it is made of: their weighted sum, a thousandth of it rounded down, is the score before it is cut.</param>
/// <param name="Gates">What bars the skill whatever else is so; the score is 0 then.</param>
internal sealed record TrustScore(int Value, int Cap, ChainGrade Grade, ImmutableArray<ScoreComponent> Components, ImmutableArray<string> Gates)
{
    /// <summary>What a skill needs at least, so that it is not asked about again: by exposure, where the operator says nothing else.</summary>
    public static ImmutableArray<int> DefaultThresholds { get; } = [30, 55, 75];

    /// <summary>Whether it is enough for what the skill asks for.</summary>
    public bool Suffices(int threshold) => Gates.IsEmpty && Value >= threshold;
}
