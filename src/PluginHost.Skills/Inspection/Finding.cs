namespace PluginHost.Skills.Inspection;

/// <summary>Something that the static audit found.</summary>
/// <param name="Id">The rule that found it.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Message">What was found.</param>
/// <param name="Location">Where: a file of the package, and the place within it.</param>
/// <param name="Advice">What the publisher can do about it.</param>
internal sealed record Finding(string Id, FindingSeverity Severity, string Message, string Location, string Advice)
{
    /// <summary>Who found it.</summary>
    public string Source { get; init; } = FindingRules.Source;

    /// <summary>Which bytes it is about, where that is known.</summary>
    public ByteRegion? Region { get; init; }

    /// <summary>Digest of the rules by which it was found.</summary>
    public string RuleSet { get; init; } = FindingRules.Digest;
}
