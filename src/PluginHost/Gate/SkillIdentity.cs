namespace PluginHost.Gate;

/// <summary>Who runs, as records name it.</summary>
/// <param name="Skill">Its id, or that it is unsigned.</param>
/// <param name="Version">Its version; empty for a bare module.</param>
/// <param name="Payload">Digest of the bytes that run.</param>
internal sealed record SkillIdentity(string Skill, string Version, string Payload)
{
    /// <summary>Who signed it; empty for a bare module.</summary>
    public string Publisher { get; init; } = "";

    /// <summary>A bare module, which nobody signed.</summary>
    public static SkillIdentity Unsigned(string digest) => new("(unsigned)", "", digest);
}
