using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Finds what a key that the host knows signed against itself. Only such a key can: what strangers sign proves nothing but that they signed it. A key that
/// is vouched for can as far as it could have the skill refused as malicious.
/// </summary>
internal static class FabricationFinder
{
    /// <returns>What was found; null for nothing.</returns>
    public static Fabrication? Find(IEnumerable<ChainLink> links, ChainSubject subject, IReadOnlySet<string> authors, ChainRules rules, LinkJudge judge)
    {
        var known = rules.Narrators.Select(narrator => narrator.Key).Concat(authors).ToHashSet(StringComparer.Ordinal);
        var others = links.Where(link => !rules.Revoked.ContainsKey(link.Narrator) && link.IsSigned).ToList();
        var signed = others.FindAll(link => known.Contains(link.Narrator));
        if (signed.Find(link => link.Kind == LinkKind.Authorship && authors.Contains(link.Narrator) && subject.IsRelease(link) && link.Payloads.Any(payload => payload != subject.Payload)) is { } other)
        {
            return new Fabrication(
                $"its publisher released {subject.Release} with another payload, too ({other.Payloads.First(payload => payload != subject.Payload)}, link {other.Id[..16]})",
                [other.Envelope.Raw, Encoding.UTF8.GetBytes(subject.Payload + "\n"), subject.Skill.Artifact.Find(PayloadDigest.SignatureEntry) ?? []]);
        }

        return Twice(signed).FirstOrDefault() ?? Twice(others.Where(link => !known.Contains(link.Narrator)), judge.IsFullyBelieved).FirstOrDefault();
    }

    private static IEnumerable<Fabrication> Twice(IEnumerable<ChainLink> links, Func<ChainLink, bool>? isKnown = null) =>
        from same in links.GroupBy(link => (link.Narrator, link.Sequence))
        where same.DistinctBy(link => link.Id).Count() > 1
        let twice = same.Where(link => isKnown?.Invoke(link) != false).DistinctBy(link => link.Id).ToList()
        where twice.Count > 1
        select new Fabrication($"{KeyId.Of(same.Key.Narrator)} signed two links with the number {same.Key.Sequence} ({string.Join(" and ", twice.Take(2).Select(link => link.Id[..16]))})", [.. twice.Select(link => link.Envelope.Raw)]);
}
