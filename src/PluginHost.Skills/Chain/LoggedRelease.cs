using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Chain;

/// <summary>Where logs have the word of a package's own key for it: what they had before that key was lost was not said by whoever found it.</summary>
internal static class LoggedRelease
{
    /// <summary>How many releases are looked at; whoever adds more to a bundle could as well take the right one away.</summary>
    private const int MaxReleases = 64;

    /// <summary>Rules that look into what lies beside the package.</summary>
    public static TrustRules In(TrustRules rules, InspectionSettings settings) => rules with { LoggedReleases = skill => PlacesOf(skill, settings.Beside, settings.Chain) };

    /// <param name="skill">The package.</param>
    /// <param name="beside">The bundle beside it.</param>
    /// <param name="rules">Logs that count.</param>
    public static ImmutableArray<LoggedLink> PlacesOf(SignedSkill skill, ReadOnlyMemory<byte> beside, ChainRules rules)
    {
        if (!skill.IsSigned)
        {
            return [];
        }

        var signer = Convert.ToHexStringLower(skill.Signature.PublicKey);
        var evidence = ChainEvidence.Of(skill, beside);
        var proven = evidence.Proofs.Select(proof => proof.Link).ToHashSet(StringComparer.Ordinal);
        var leaves = evidence.Links.Select(entry => entry.Link)
            .Where(link => link.Kind == LinkKind.Authorship && link.Narrator == signer && link.Payloads.Contains(skill.Artifact.Payload))
            .OrderByDescending(link => proven.Contains(link.Id)).Take(MaxReleases)
            .Where(link => link.IsSigned).DistinctBy(link => link.Id)
            .ToDictionary(link => link.Id, link => ChainInspection.EntryOf(link, skill)!.LeafHash, StringComparer.Ordinal);
        var logs = LogStanding.Of(evidence.Proofs, leaves, rules);
        return [.. leaves.Keys.SelectMany(logs.SoundPlacesOf).Distinct()];
    }
}
