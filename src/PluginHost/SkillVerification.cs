namespace PluginHost;

/// <summary>What was checked before a skill was loaded, and what was not.</summary>
public sealed record SkillVerification
{
    internal SkillVerification()
    {
    }

    /// <summary>The checks, in the order of the rooms.</summary>
    public required IReadOnlyList<SkillCheck> Checks { get; init; }

    /// <summary>What the static audit found, the heaviest first.</summary>
    public required IReadOnlyList<SkillFinding> Findings { get; init; }

    /// <summary>How much it is trusted, and who stands behind it.</summary>
    public required SkillScore Score { get; init; }

    /// <summary>The publisher who signed.</summary>
    public required string Publisher { get; init; }

    /// <summary>The publisher's key, <c>ed25519:</c> and 16 hexadecimal digits.</summary>
    public required string KeyId { get; init; }

    /// <summary>Lower hex SHA-256 over everything that is signed.</summary>
    public required string PayloadDigest { get; init; }
}
