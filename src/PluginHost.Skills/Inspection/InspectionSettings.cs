using PluginHost.Skills.Provenance;
using PluginHost.Skills.Vulnerabilities;

namespace PluginHost.Skills.Inspection;

/// <summary>What an operator demands of a package's papers and code, and what they are compared with.</summary>
internal sealed record InspectionSettings
{
    public ProvenancePolicy Provenance { get; init; } = new();

    /// <summary>The bundle of evidence beside the package; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Beside { get; init; }

    /// <summary>Known vulnerabilities; null where nobody gave a feed.</summary>
    public OsvFeed? Feed { get; init; }

    /// <summary>What the static audit allows.</summary>
    public StaticPolicy Static { get; init; } = new();
}
