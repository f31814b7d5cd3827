using PluginHost.Skills.Sbom;
using PluginHost.Skills.Provenance;

namespace PluginHost.Skills.Inspection;

/// <summary>Findings in the bill of materials, the provenance and the evidence.</summary>
internal static class PaperFindings
{
    private const int MostOfAKind = 100;

    public static IEnumerable<Finding> Of(SkillInspection inspection) => [.. Bill(inspection.Sbom), .. Feed(inspection), .. Origin(inspection.Provenance)];

    private static IEnumerable<Finding> Bill(SbomReport sbom)
    {
        if (!sbom.IsChecked)
        {
            yield return FindingRules.UncheckedSbom.At(SbomInspection.Entry, $"CycloneDX {sbom.SpecVersion} is not known, nothing of it was checked");
        }

        foreach (var module in sbom.UnboundModules)
        {
            yield return FindingRules.UnboundModule.At(SbomInspection.Entry, $"no component has the SHA-256 of '{module}'");
        }

        foreach (var component in sbom.Components.Where(component => component.UnreadableUrl is not null).Take(MostOfAKind))
        {
            yield return FindingRules.UnreadableUrl.At(SbomInspection.Entry, $"component '{component.Name}': {component.UnreadableUrl}");
        }
    }

    private static IEnumerable<Finding> Feed(SkillInspection inspection)
    {
        if (inspection.Vulnerabilities is not { } report)
        {
            yield break;
        }

        foreach (var match in report.Matches.Take(MostOfAKind))
        {
            var rule = match.IsCertain || match.IsMalicious ? FindingRules.Vulnerable : FindingRules.PossiblyVulnerable;
            yield return rule.At(SbomInspection.Entry, $"{match.Package}: {match.Id}{(match.Severity.Length > 0 ? $" ({match.Severity})" : "")}: {match.Summary}");
        }

        if (report.Unreadable > 0)
        {
            yield return FindingRules.UnreadableRecord.At("", $"{report.Unreadable} files of the feed of vulnerabilities are no records");
        }
    }

    private static IEnumerable<Finding> Origin(ProvenanceReport provenance)
    {
        if (provenance.HasPlaceholders)
        {
            yield return FindingRules.PlaceholderProvenance.At(ProvenanceInspection.Entry, "a subject has no digest that could be compared");
        }

        if (provenance.Kind == ProvenanceKind.Minimal)
        {
            yield return FindingRules.MinimalProvenance.At(ProvenanceInspection.Entry, "it names a builder, and nothing in it binds the modules");
        }
        else
        {
            foreach (var asset in provenance.UncoveredAssets.Take(MostOfAKind))
            {
                yield return FindingRules.UncoveredAsset.At(ProvenanceInspection.Entry, $"no subject tells of '{asset}'");
            }
        }

        foreach (var evidence in provenance.Evidence.Where(evidence => !evidence.Counts).Take(MostOfAKind))
        {
            yield return FindingRules.IgnoredEvidence.At(evidence.Place == Attestations.EvidencePlace.Inside ? "attestations/" : "beside the package", $"{evidence.Id}: {evidence.Detail}");
        }
    }
}
