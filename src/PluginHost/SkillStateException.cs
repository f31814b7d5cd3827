namespace PluginHost;

/// <summary>A file of the host's own is missing, damaged, in use or cannot be written. Codes begin with <c>state.</c></summary>
public sealed class SkillStateException : SkillException
{
    internal SkillStateException(string rule, string message, Exception? inner = null)
        : base("state." + rule, message, inner)
    {
    }
}
