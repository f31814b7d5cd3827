namespace PluginHost;

/// <summary>A part of a score.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Weight">How much of a hundred it makes up.</param>
/// <param name="Value">What it is worth, 0 to 1000.</param>
/// <param name="Reason">Why it is.</param>
public sealed record SkillScoreComponent(string Name, int Weight, int Value, string Reason)
{
    /// <summary>Names of the evidence that earned it: ids of links, keys, files and packs of rules by their SHA-256.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
}
