namespace PluginHost;

/// <summary>What became of a check.</summary>
public enum SkillCheckStatus
{
    /// <summary>It was made and holds.</summary>
    Passed,

    /// <summary>This version does not make it. Nothing is known.</summary>
    NotPartOfThisVersion,
}
