using PluginHost.Skills.Transparency;

namespace PluginHost.Logs;

/// <summary>Refusals of the log.</summary>
internal static class LogRefusal
{
    private const string Room = "log";

    /// <summary>A file of the log has another form, or is missing.</summary>
    public static SkillVerificationException Form(string message) => new(Room, "form", message);

    /// <summary>What was read of a log is malformed, or breaks a rule.</summary>
    public static SkillVerificationException Of(FormatException problem) => new(Room, (problem as LogFault)?.Rule ?? "form", $"the log cannot be used: {problem.Message}");

    /// <summary>No log that counts signed, or too few witnesses did.</summary>
    public static SkillVerificationException Signature(string message) => new(Room, "signature", message);

    /// <summary>An entry does not stand where a proof says.</summary>
    public static SkillVerificationException Inclusion(string message) => new(Room, "inclusion", message);

    /// <summary>One tree does not continue another.</summary>
    public static SkillVerificationException Consistency(string message) => new(Room, "consistency", message);

    /// <summary>A log showed two trees that cannot both be.</summary>
    public static SkillVerificationException Fork(string message) => new(Room, "fork", message);

    /// <summary>A log went back.</summary>
    public static SkillVerificationException RolledBack(string message) => new(Room, "rolled-back", message);

    /// <summary>No witness cosigned it of late.</summary>
    public static SkillVerificationException Stale(string message) => new(Room, "stale", message);

    /// <summary>What is to be logged cannot be.</summary>
    public static SkillVerificationException Entry(string message) => new(Room, "entry", message);

    /// <summary>There is one already.</summary>
    public static SkillVerificationException Exists(string message) => new(Room, "exists", message);
}
