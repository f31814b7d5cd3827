namespace PluginHost.Skills.Vulnerabilities;

/// <summary>A record that is, or may be, about a component.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Package">The component's package URL.</param>
/// <param name="Severity">Low, moderate, high or critical in the words of the record; empty where it says none.</param>
/// <param name="Summary">What it says, cut.</param>
/// <param name="IsCertain">Whether the version is known to be affected.</param>
internal sealed record OsvMatch(string Id, string Package, string Severity, string Summary, bool IsCertain)
{
    /// <summary>Whether the package is malicious, not merely vulnerable.</summary>
    public bool IsMalicious => Id.StartsWith("MAL-", StringComparison.Ordinal);
}
