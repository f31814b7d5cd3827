namespace PluginHost;

/// <summary>What the static audit of packages allows. The defaults are those of Palyra.</summary>
public sealed class InspectionOptions
{
    /// <summary>Bytes of a module; 8 MiB unless told.</summary>
    public int MaxModuleBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Functions that a module may export; 128 unless told.</summary>
    public int MaxExportedFunctions { get; set; } = 128;

    /// <summary>
    /// Known vulnerabilities, offline: a directory of OSV documents, or a ZIP archive of them. What the bills of materials list is compared with it at
    /// each load; a component that is malicious (<c>MAL-</c>) is refused, others are told. Absent means that nothing is compared.
    /// </summary>
    public string? VulnerabilityFeed { get; set; }
}
