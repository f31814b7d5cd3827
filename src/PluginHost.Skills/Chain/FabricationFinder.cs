using System.Text;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Finds what a key that the host knows signed against itself. Only such a key can: what strangers sign proves nothing but that they signed it.
/// </summary>
internal static class FabricationFinder
{
    /// <returns>What was found; null for nothing.</returns>
    public static Fabrication? Find(IEnumerable<ChainLink> links, SignedSkill skill, IReadOnlySet<string> authors, ChainRules rules)
    {
        var known = rules.Narrators.Select(narrator => narrator.Key).Concat(authors).ToHashSet(StringComparer.Ordinal);
        var signed = links.Where(link => known.Contains(link.Narrator) && !rules.Revoked.ContainsKey(link.Narrator) && link.IsSigned).ToList();
        var release = $"{skill.Manifest.SkillId}@{skill.Manifest.Version}";
        if (signed.Find(link => link.Kind == LinkKind.Authorship && authors.Contains(link.Narrator) && IsOf(link.Release, release) && !link.Payloads.Contains(skill.Artifact.Payload) && link.Payloads.Length > 0) is { } other)
        {
            return new Fabrication($"its publisher released {release} with another payload, too ({other.Payloads[0]}, link {other.Id[..16]})", [other.Envelope.Raw, Encoding.UTF8.GetBytes(skill.Artifact.Payload + "\n"), skill.Artifact.Find(PayloadDigest.SignatureEntry) ?? []]);
        }

        return signed.GroupBy(link => (link.Narrator, link.Sequence)).FirstOrDefault(group => group.DistinctBy(link => link.Id).Count() > 1) is { } twice
            ? new Fabrication($"{twice.Key.Narrator[..16]} signed two links with the number {twice.Key.Sequence} ({string.Join(" and ", twice.Take(2).Select(link => link.Id[..16]))})", [.. twice.Select(link => link.Envelope.Raw)])
            : null;
    }

    /// <summary>Whether a package URL names a version of a skill, whatever type and qualifiers it has.</summary>
    private static bool IsOf(string purl, string release)
    {
        var end = purl.AsSpan().IndexOfAny('?', '#');
        return (end < 0 ? purl : purl[..end]).EndsWith('/' + release, StringComparison.Ordinal);
    }
}
