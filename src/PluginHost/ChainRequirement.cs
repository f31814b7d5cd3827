namespace PluginHost;

/// <summary>What the chain of a skill needs.</summary>
public sealed record ChainRequirement
{
    /// <summary>Its grade at least: <c>weak</c>, <c>fair</c>, <c>sound</c> or <c>mass</c>, or the older words <c>da'if</c>, <c>hasan</c>, <c>sahih</c>, <c>mutawatir</c>. Absent means any.</summary>
    public string? Grade { get; init; }

    /// <summary>How many different keys that are believed have to have audited it.</summary>
    public int Auditors { get; init; }

    /// <summary>Keys by each of which it has to have been reviewed, 64 hexadecimal digits each.</summary>
    public IReadOnlyList<string> ReviewedBy { get; init; } = [];
}
