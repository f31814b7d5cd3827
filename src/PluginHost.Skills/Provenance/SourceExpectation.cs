namespace PluginHost.Skills.Provenance;

/// <summary>Where a publisher's skills are built from.</summary>
/// <param name="Repository">URI of the repository, without a ref; <c>git+</c> in front counts as absent.</param>
/// <param name="Ref">The ref, a star at its end for any rest; null for any ref.</param>
internal sealed record SourceExpectation(string Repository, string? Ref)
{
    public bool Fits(ProvenanceSource source) =>
        Plain(source.Repository) == Plain(Repository)
        && (Ref is null || (Ref.EndsWith('*') ? source.Ref?.StartsWith(Ref[..^1], StringComparison.Ordinal) == true : source.Ref == Ref));

    private static string Plain(string uri)
    {
        var plain = uri.StartsWith("git+", StringComparison.Ordinal) ? uri[4..] : uri;
        plain = plain.TrimEnd('/');
        return plain.EndsWith(".git", StringComparison.Ordinal) ? plain[..^4] : plain;
    }
}
