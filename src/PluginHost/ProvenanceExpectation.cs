namespace PluginHost;

/// <summary>Where a publisher's skills are built from.</summary>
/// <param name="Repository">URI of the repository, without a ref.</param>
/// <param name="Ref">The branch or tag, a star at its end for any rest; null for any.</param>
public sealed record ProvenanceExpectation(string Repository, string? Ref = null);
