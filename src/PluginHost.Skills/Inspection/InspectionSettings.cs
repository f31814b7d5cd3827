using System.Collections.Immutable;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Scanning;
using PluginHost.Skills.Scoring;
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

    /// <summary>Whom the operator believes about skills.</summary>
    public ChainRules Chain { get; init; } = new();

    /// <summary>What is demanded of chains, by how much power a skill asks for.</summary>
    public ImmutableDictionary<Exposure, ChainDemand> Demands { get; init; } = ImmutableDictionary<Exposure, ChainDemand>.Empty;

    /// <summary>Whether a registry that is followed says that a key (lower hexadecimal digits) may publish under a name; null where none is followed.</summary>
    public Func<string, string, bool>? IsDelegated { get; init; }

    /// <summary>Keeps documents that prove a fabrication, by payload, and whether its publisher was known; null where nothing is kept.</summary>
    public Action<string, bool, ImmutableArray<ReadOnlyMemory<byte>>>? KeepProof { get; init; }

    /// <summary>Scans texts and data by rules; null where nothing is scanned.</summary>
    public PackageScanner? Scanner { get; init; }

    /// <summary>What the static audit allows.</summary>
    public StaticPolicy Static { get; init; } = new();
}
