namespace PluginHost;

/// <summary>What became of a check.</summary>
public enum SkillCheckStatus
{
    /// <summary>It was made and holds.</summary>
    Passed,

    /// <summary>It was not asked for: what it compares with was not given.</summary>
    NotAsked,
}
