namespace PluginHost;

/// <summary>How much a skill is trusted, and why.</summary>
public sealed record SkillScore
{
    internal SkillScore()
    {
    }

    /// <summary>The score, 0 to 100.</summary>
    public required int Value { get; init; }

    /// <summary>What the grade of its chain lets it be at most.</summary>
    public required int Cap { get; init; }

    /// <summary>The grade of its chain, <c>da'if</c> for instance.</summary>
    public required string Grade { get; init; }

    /// <summary>Why it has that grade.</summary>
    public required string GradeReason { get; init; }

    /// <summary>How much power it asks for.</summary>
    public required SkillExposure Exposure { get; init; }

    /// <summary>The score that is asked for that; null where none is.</summary>
    public required int? Threshold { get; init; }

    /// <summary>What the score is made of.</summary>
    public required IReadOnlyList<SkillScoreComponent> Components { get; init; }

    /// <summary>Whether somebody whom the operator believes speaks against it (<c>shadh</c>).</summary>
    public required bool IsContradicted { get; init; }

    /// <summary>Whether it is less than is asked for.</summary>
    public bool IsBelowThreshold => Value < Threshold;

    /// <summary>Whether a person has to be asked, whatever else would allow it.</summary>
    public bool NeedsPerson => IsContradicted || IsBelowThreshold;
}
