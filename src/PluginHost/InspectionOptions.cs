namespace PluginHost;

/// <summary>What the static audit of packages allows. The defaults are those of Palyra.</summary>
public sealed class InspectionOptions
{
    /// <summary>Bytes of a module; 8 MiB unless told.</summary>
    public int MaxModuleBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Functions that a module may export; 128 unless told.</summary>
    public int MaxExportedFunctions { get; set; } = 128;

    /// <summary>
    /// Whether texts and data of packages are scanned by the rules that come with the library (<c>rules/</c>). What a rule of critical severity finds is refused;
    /// everything else is told, and counts in the score. On unless told.
    /// </summary>
    public bool Scan { get; set; } = true;

    /// <summary>Further files of YARA rules. A rule says in its <c>meta</c> how much it weighs: <c>severity</c> is <c>critical</c>, <c>high</c>, <c>medium</c> or <c>low</c>.</summary>
    public IList<string> ScanRuleFiles { get; } = [];

    /// <summary>
    /// Known vulnerabilities, offline: a directory of OSV documents, or a ZIP archive of them. What the bills of materials list is compared with it at
    /// each load; a component that is malicious (<c>MAL-</c>) is refused, others are told. Absent means that nothing is compared.
    /// </summary>
    public string? VulnerabilityFeed { get; set; }
}
