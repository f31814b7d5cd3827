using System.Collections.Immutable;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>The evidence that a score is computed from.</summary>
internal sealed record ScoreInput
{
    public required IdentityKind Identity { get; init; }

    /// <summary>Days since a pinned key was first met.</summary>
    public int DaysPinned { get; init; }

    /// <summary>SLSA build level that is believed.</summary>
    public int ProvenanceLevel { get; init; }

    /// <summary>Whether the provenance is a statement whose subjects are all modules.</summary>
    public bool HasStatement { get; init; }

    /// <summary>Whether the publisher signed its provenance apart from the package.</summary>
    public bool PublisherSignedProvenance { get; init; }

    /// <summary>The chain.</summary>
    public required ChainReport Chain { get; init; }

    /// <summary>What the local scan found; null where none was made.</summary>
    public ScanSummary? Scan { get; init; }

    /// <summary>Whether the bill of materials is of a version that is known, and valid.</summary>
    public bool HasSbom { get; init; }

    /// <summary>Whether it names every module by its hash.</summary>
    public bool IsSbomBound { get; init; }

    /// <summary>Whether it was compared with known vulnerabilities of the last seven days.</summary>
    public bool HasFreshFeed { get; init; }

    /// <summary>Vulnerabilities of medium severity and above, or of one that is not known.</summary>
    public int Vulnerabilities { get; init; }

    /// <summary>The key that signed it, in lower hexadecimal digits; empty where none did.</summary>
    public string Signer { get; init; } = "";

    /// <summary>Names of what its provenance was read from.</summary>
    public ImmutableArray<string> ProvenanceEvidence { get; init; } = [];

    /// <summary>Names of what its components were read from, and compared with.</summary>
    public ImmutableArray<string> BillEvidence { get; init; } = [];

    /// <summary>What bars the skill whatever its score.</summary>
    public ImmutableArray<string> Gates { get; init; } = [];
}
