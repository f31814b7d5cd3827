using PluginHost.Lifecycle;

namespace PluginHost;

/// <summary>A version of a skill may not run: it is quarantined, disabled, given up, or was never enabled. Codes are <c>policy.</c> and the status.</summary>
public sealed class SkillStatusException : SkillException
{
    internal SkillStatusException(string skillId, string version, SkillStatus status, string reason)
        : base("policy." + StatusNames.Of(status).Replace('_', '-'), $"'{skillId}' {version} is {StatusNames.Of(status).Replace('_', ' ')}{(reason.Length > 0 ? $": {reason}" : "")}")
    {
        SkillId = skillId;
        Version = version;
        Status = status;
        Reason = reason;
    }

    /// <summary>The skill.</summary>
    public string SkillId { get; }

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Where it stands.</summary>
    public SkillStatus Status { get; }

    /// <summary>Why it stands there, in the words of whoever decided it; empty where nobody did.</summary>
    public string Reason { get; }
}
