namespace PluginHost.Skills;

/// <summary>A package was refused by a room of the gate. Nothing of it ran, and nothing was kept of it.</summary>
public sealed class SkillVerificationException : SkillException
{
    internal SkillVerificationException(string room, string rule, string message)
        : base($"{room}.{rule}", message) => Room = room;

    /// <summary>The room that refused, for instance <c>signature</c>: the part of the code before the dot.</summary>
    public string Room { get; }
}
