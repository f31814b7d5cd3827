namespace PluginHost;

/// <summary>How much a finding weighs.</summary>
public enum SkillFindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>A person should look at it.</summary>
    Warning,
}
