namespace PluginHost.Registry.Publishing;

/// <summary>Refusals of a registry that is written.</summary>
internal static class RegistryRefusal
{
    private const string Room = "registry";

    /// <summary>A file of it has another form, is missing, or is not the registry's.</summary>
    public static SkillVerificationException Form(string message) => new(Room, "form", message);

    /// <summary>Something is there already.</summary>
    public static SkillVerificationException Exists(string message) => new(Room, "exists", message);

    /// <summary>It is an older copy than the key has signed for.</summary>
    public static SkillVerificationException RolledBack(string message) => new(Room, "rolled-back", message);

    /// <summary>The key that signed a package is not the one that may publish under its name.</summary>
    public static SkillVerificationException Publisher(string message) => new(Room, "publisher", message);

    /// <summary>The publisher has not said that it released the package.</summary>
    public static SkillVerificationException Unreleased(string message) => new(Room, "unreleased", message);

    /// <summary>Another package is there under that version.</summary>
    public static SkillVerificationException VersionReused(string message) => new(Room, "version-reused", message);

    /// <summary>There is something against the version.</summary>
    public static SkillVerificationException Killed(string message) => new(Room, "killed", message);

    /// <summary>There is no such version.</summary>
    public static SkillVerificationException Unknown(string message) => new(Room, "unknown", message);

    /// <summary>It is more than a registry takes.</summary>
    public static SkillVerificationException Size(string message) => new(Room, "size", message);
}
