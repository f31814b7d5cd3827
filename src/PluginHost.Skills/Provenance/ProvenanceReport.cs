using System.Collections.Immutable;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Provenance;

/// <summary>What a package's provenance says, and how much of it could be checked.</summary>
/// <param name="Kind">How much <c>provenance.json</c> says.</param>
/// <param name="BuilderId">The builder that it names, if it gives it an id.</param>
/// <param name="Level">
/// The SLSA build level that is believed: 0 for what could not be compared with the package, 1 for a statement about its modules, more where a
/// trusted builder signed it.
/// </param>
/// <param name="Source">What it says that was built.</param>
/// <param name="SignedBy">Key id of the trusted builder who signed it.</param>
/// <param name="HasPlaceholders">Whether a subject has no digest that could be compared.</param>
/// <param name="UncoveredAssets">Assets that no subject tells of.</param>
/// <param name="Evidence">What became of each piece of evidence.</param>
internal sealed record ProvenanceReport(
    ProvenanceKind Kind, string? BuilderId, int Level, ProvenanceSource? Source, string? SignedBy, bool HasPlaceholders, ImmutableArray<string> UncoveredAssets, ImmutableArray<EvidenceOutcome> Evidence);
