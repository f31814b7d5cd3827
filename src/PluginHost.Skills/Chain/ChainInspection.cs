using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Scoring;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Reads the chain of a package out of the bundles in and beside it, and says what it is worth. What anybody could have added lowers nothing; what a key
/// that the host knows signed against itself is proof.
/// </summary>
internal sealed class ChainInspection
{
    private readonly SignedSkill _skill;
    private readonly ChainSubject _subject;
    private readonly ChainRules _rules;
    private readonly TrustDecision _decision;
    private readonly HashSet<string> _builders;

    private ChainInspection(SignedSkill skill, TrustDecision decision, ChainRules rules, IEnumerable<TrustedBuilder> builders)
    {
        _skill = skill;
        _subject = new ChainSubject(skill);
        _rules = rules;
        _decision = decision;
        _builders = builders.Select(builder => Convert.ToHexStringLower(builder.PublicKey)).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="skill">The package.</param>
    /// <param name="decision">Why its publisher is trusted.</param>
    /// <param name="beside">The bundle beside it.</param>
    /// <param name="rules">Whom the operator believes.</param>
    /// <param name="builders">Builders that are trusted.</param>
    public static ChainReport Of(SignedSkill skill, TrustDecision decision, ReadOnlyMemory<byte> beside, ChainRules rules, IEnumerable<TrustedBuilder> builders) =>
        new ChainInspection(skill, decision, rules, builders).Report(ChainEvidence.Of(skill, beside));

    /// <summary>What a log keeps of a link of a package; null where the narrator did not sign it.</summary>
    public static SkillLogEntry? EntryOf(ChainLink link, SignedSkill skill) =>
        link.Signature is { } signature
            ? new SkillLogEntry(link.Id, LinkKinds.TypeOf(link.Kind), skill.Manifest.SkillId, skill.Manifest.Version.ToString(), skill.Artifact.Payload, link.Narrator, signature)
            : null;

    private ChainReport Report(ChainEvidence evidence)
    {
        var signer = Convert.ToHexStringLower(_skill.Signature.PublicKey);
        var authors = _skill.IsSigned ? _rules.Successors.Add(signer) : [];
        var own = _skill.IsSigned ? authors.Union(_rules.Own) : authors;
        var selection = new LinkSelection(_subject);
        var distinct = selection.Distinct(evidence.Links, narrator => authors.Contains(narrator) || _rules.IsNamed(narrator));

        // Only whoever signed is looked for among those who are vouched for: names alone cost nothing to write.
        var (vouches, rejected) = _rules.Vouches.Towards(
            distinct.Where(entry => entry.Link.IsSigned).Select(entry => entry.Link.Narrator).Append(signer).Distinct(StringComparer.Ordinal), _rules.Narrators.Where(narrator => narrator.Role == ChainRole.Voucher).Select(narrator => narrator.Key), _rules.Stop);
        var current = vouches.Where(IsCurrent).ToList();
        var (graph, ever) = (Graph(current, own), Graph(vouches.Where(vouch => !IsRevoked(vouch.From)), _skill.IsSigned ? ImmutableHashSet.Create(StringComparer.Ordinal, signer) : []));
        var judge = new LinkJudge(_rules, _subject, authors, Author(current, own), _builders, graph, ever);
        var links = selection.Cut(distinct, judge);
        var logs = LogStanding.Of(evidence.Proofs, links.Select(entry => (entry.Link.Id, Entry: EntryOf(entry.Link, _skill))).Where(entry => entry.Entry is not null).ToDictionary(entry => entry.Id, entry => entry.Entry!.LeafHash, StringComparer.Ordinal), _rules);
        var judged = judge.Judge(links, logs);
        var counted = judged.Where(link => link.Counts).ToList();
        var (fork, found) = (logs.ForkUnder(counted), FabricationFinder.Find(distinct.Select(entry => entry.Link), _subject, authors, _rules, judge));
        return ChainGrader.Grade(
            new ChainReport
            {
                Grade = ChainGrade.Broken,
                Names = _rules.Narrators.DistinctBy(narrator => narrator.Key).ToImmutableDictionary(narrator => narrator.Key, narrator => narrator.Name, StringComparer.Ordinal),
                Links = judged,
                Unread = [.. evidence.Unread, .. selection.Left],
                Malformed = evidence.Malformed,
                Fabricated = fork?.What ?? found?.What,
                IsForked = fork is not null,
                Proof = [.. fork?.Documents ?? found?.Documents ?? []],
                Seen = [.. logs.NotesUnder(counted)],
                Warnings =
                [
                    .. evidence.IsCut ? [$"the bundle beside it has more than {EvidenceBundle.MaxBytesWithProofs} bytes: what comes after those was not read"] : (string[])[],
                    .. fork is null ? logs.Warnings : [],
                    .. Vouches(rejected, vouches.Count - current.Count, _rules.Vouches.Ignored),
                    .. Twice(vouches),
                    .. counted.Where(link => link.Link.Kind == LinkKind.Authorship && !_subject.IsRelease(link.Link)).Select(link => $"the release {link.Link.Id[..16]} says that it is '{link.Link.Release}', and the package that it is {_subject.Release}"),
                ],
                Transparency = counted.Where(link => link.Link.Kind == LinkKind.Authorship && link.Logged is not null).Select(link => link.Places.Any(place => place.IsWitnessed) ? 1000 : 500).DefaultIfEmpty().Max(),
            },
            _skill.IsSigned, signer, own, graph, ever, _rules.Now);
    }

    /// <summary>Whose word for its narrators does not count, in words.</summary>
    private static IEnumerable<string> Vouches(int rejected, int over, int ignored)
    {
        if (ignored > 0)
        {
            yield return $"{ignored} {(ignored == 1 ? "line of the bundle of vouches is no vouch for a key" : "lines of the bundle of vouches are no vouches for keys")}";
        }

        if (rejected > 0)
        {
            yield return $"{rejected} {(rejected == 1 ? "line" : "lines")} of the bundle of vouches that would lead to its narrators cannot be read, or {(rejected == 1 ? "is" : "are")} not signed by the key that {(rejected == 1 ? "it names" : "they name")}";
        }

        if (over > 0)
        {
            yield return $"{over} {(over == 1 ? "vouch" : "vouches")} that would lead to its narrators {(over == 1 ? "is" : "are")} over, of the future, or {(over == 1 ? "concerns" : "concern")} a key that was revoked or is distrusted here";
        }
    }

    /// <summary>Vouchers who gave two vouches one number: what that proves is about them, and not about a skill.</summary>
    private static IEnumerable<string> Twice(IEnumerable<KeyVouch> vouches) =>
        from twice in vouches.GroupBy(vouch => (vouch.From, vouch.Sequence))
        where twice.Select(vouch => vouch.Link).Distinct(StringComparer.Ordinal).Count() > 1
        select $"{KeyId.Of(twice.Key.From)} signed different vouches with the number {twice.Key.Sequence} ({string.Join(" and ", twice.Select(vouch => vouch.Link[..16]).Distinct(StringComparer.Ordinal).Take(2))}): one of them is not what it was";

    private VouchGraph Graph(IEnumerable<KeyVouch> vouches, ImmutableHashSet<string> publisher, bool isSink = false) =>
        new(_rules.Narrators.Where(narrator => _rules.Revoked.GetValueOrDefault(narrator.Key) is not { ValidPayloads: var valid, Cutoff: null } || valid.Contains(_skill.Artifact.Payload)).Select(narrator => (narrator.Key, narrator.Role == ChainRole.Voucher)).Where(seed => !isSink || !publisher.Contains(seed.Key)), vouches, isSink ? null : publisher, _rules.Stop);

    private bool IsCurrent(KeyVouch vouch) => vouch.Expires > _rules.Now && vouch.IssuedAt - _rules.Now <= LinkJudge.Skew && !_rules.Distrusted.Contains(vouch.From) && !_rules.Distrusted.Contains(vouch.To) && !IsRevoked(vouch.From);

    private bool IsRevoked(string key) => _rules.Revoked.ContainsKey(key);

    /// <summary>An author is believed as its key is; one whom nobody listed can be vouched for, like anybody, and has no part in what it is given.</summary>
    private NarratorClass Author(List<KeyVouch> vouches, ImmutableHashSet<string> authors)
    {
        var byTrust = _decision switch { TrustDecision.Allowlisted => NarratorClass.Trustworthy, TrustDecision.Pinned => NarratorClass.Honest, _ => NarratorClass.Unknown };
        var (signer, scope) = (Convert.ToHexStringLower(_skill.Signature.PublicKey), $"publisher:{_skill.Manifest.Publisher}");
        if (byTrust == NarratorClass.Trustworthy || !vouches.Exists(vouch => vouch.To == signer && vouch.Scope.Contains(scope)))
        {
            return byTrust;
        }

        var graph = Graph(vouches.Where(vouch => !authors.Contains(vouch.From) && (vouch.To == signer || !authors.Contains(vouch.To))), authors, isSink: true);
        var byVouch = !graph.IsVouchedAs(signer, scope) ? NarratorClass.Unknown : graph.Reaches(signer, scope, VouchGraph.Trustworthy) ? NarratorClass.Trustworthy : NarratorClass.Honest;
        return byTrust > byVouch ? byTrust : byVouch;
    }
}
