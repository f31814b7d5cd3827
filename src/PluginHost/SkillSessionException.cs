namespace PluginHost;

/// <summary>A session does not make the call.</summary>
public sealed class SkillSessionException : SkillException
{
    internal SkillSessionException(string rule, string message)
        : base($"guest.{rule}", message)
    {
    }
}
