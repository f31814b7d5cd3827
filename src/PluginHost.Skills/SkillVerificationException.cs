namespace PluginHost.Skills;

/// <summary>A package was refused by a room of the gate. Nothing of it ran, and nothing was kept of it.</summary>
public sealed class SkillVerificationException : SkillException
{
    internal SkillVerificationException(string room, string rule, string message)
        : base($"{room}.{rule}", message) => Room = room;

    internal SkillVerificationException(SkillDiagnostic diagnostic)
        : base(diagnostic.Code, diagnostic.ToString())
    {
        Room = diagnostic.Code.Split('.')[0];
        Diagnostic = diagnostic;
    }

    /// <summary>Where a file that a person wrote is wrong, and how to mend it; null where the refusal is about none.</summary>
    public SkillDiagnostic? Diagnostic { get; }

    /// <summary>The room that refused, for instance <c>signature</c>: the part of the code before the dot.</summary>
    public string Room { get; }
}
