using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
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
    private const int MaxLinks = 256;
    private const int MaxLines = 512;
    private const string Folder = "attestations/";
    private const string BundleExtension = ".intoto.jsonl";

    private readonly SignedSkill _skill;
    private readonly ChainRules _rules;
    private readonly TrustDecision _decision;
    private readonly HashSet<string> _builders;
    private readonly List<(ChainLink Link, EvidencePlace Place)> _links = [];
    private readonly List<(string Id, string Kind, EvidencePlace Place, string Reason)> _unread = [];
    private readonly List<LinkProof> _proofs = [];

    private ChainInspection(SignedSkill skill, TrustDecision decision, ChainRules rules, IEnumerable<TrustedBuilder> builders)
    {
        _skill = skill;
        _rules = rules;
        _decision = decision;
        _builders = builders.Select(builder => Convert.ToHexStringLower(builder.PublicKey)).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="skill">The package.</param>
    /// <param name="decision">Why its publisher is trusted.</param>
    /// <param name="beside">The bundle beside it.</param>
    /// <param name="rules">Whom the operator believes.</param>
    /// <param name="builders">Builders that are trusted.</param>
    public static ChainReport Of(SignedSkill skill, TrustDecision decision, ReadOnlyMemory<byte> beside, ChainRules rules, IEnumerable<TrustedBuilder> builders)
    {
        var inspection = new ChainInspection(skill, decision, rules, builders);
        foreach (var entry in skill.Artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal) && entry.Path.EndsWith(BundleExtension, StringComparison.Ordinal)))
        {
            inspection.Read(entry.Content, EvidencePlace.Inside);
        }

        inspection.Read(beside, EvidencePlace.Beside);
        return inspection.Report();
    }

    private void Read(ReadOnlyMemory<byte> bundle, EvidencePlace place)
    {
        if (bundle.Length > EvidenceBundle.MaxBytes)
        {
            return;
        }

        foreach (var line in BundleLines.Of(bundle).Take(MaxLines))
        {
            if (LinkProof.IsLine(line.Span))
            {
                if (LinkProof.Read(line) is { } proof)
                {
                    _proofs.Add(proof);
                }
            }
            else
            {
                ReadLink(line, place);
            }
        }
    }

    private void ReadLink(ReadOnlyMemory<byte> line, EvidencePlace place)
    {
        DsseEnvelope envelope;
        InTotoStatement statement;
        try
        {
            envelope = DsseEnvelope.Read(line);
            statement = InTotoStatement.Read(envelope.Payload);
            if (envelope.PayloadType != InTotoStatement.PayloadType || !ChainLinkReader.IsOne(statement))
            {
                return;
            }
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // What is no link, or holds half of a character, is for nobody.
            return;
        }

        try
        {
            // The same words in another envelope are the same link: a copy that is not signed must not stand in the place of one that is.
            var link = ChainLinkReader.Read(envelope, statement);
            var known = _links.FindIndex(entry => entry.Link.Id == link.Id);
            if (known < 0)
            {
                _links.Add((link, place));
            }
            else if (!_links[known].Link.IsSigned && link.IsSigned)
            {
                _links[known] = (link, place);
            }
        }
        catch (FormatException e)
        {
            _unread.Add((envelope.Id, statement.PredicateType, place, e.Message));
        }
    }

    private ChainReport Report()
    {
        // More links than that are a flood: those of keys that the host knows come first, so that a flood of others covers nothing.
        var known = _rules.Narrators.Select(narrator => narrator.Key).Concat(_builders).Append(Convert.ToHexStringLower(_skill.Signature.PublicKey)).ToHashSet(StringComparer.Ordinal);
        var links = _links.ToList();
        if (links.Count > MaxLinks)
        {
            links = [.. links.OrderByDescending(entry => known.Contains(entry.Link.Narrator) && entry.Link.IsSigned).ThenBy(entry => entry.Link.Id, StringComparer.Ordinal)];
            _unread.AddRange(links.Skip(MaxLinks).Select(entry => (entry.Link.Id, LinkKinds.TypeOf(entry.Link.Kind), entry.Place, $"V5: a chain has at most {MaxLinks} links")));
            links.RemoveRange(MaxLinks, links.Count - MaxLinks);
        }

        var signer = Convert.ToHexStringLower(_skill.Signature.PublicKey);
        var authors = _skill.IsSigned ? _rules.Successors.Add(signer) : [];
        var (graph, ever) = (Graph(_rules.Vouches.Vouches.Where(IsCurrent), authors), Graph(_rules.Vouches.Vouches.Where(vouch => !IsRevoked(vouch.From)), authors));
        var (logged, fork) = Logged(links);
        var judge = new LinkJudge(_rules, _skill.Artifact.Payload, authors, Author(graph), _builders, graph, ever);
        var judged = judge.Judge(links, logged);
        var found = FabricationFinder.Find(links.Select(entry => entry.Link), _skill, authors, _rules);
        return ChainGrader.Grade(
            new ChainReport
            {
                Grade = ChainGrade.Broken,
                Links = judged,
                Unread = [.. _unread],
                Fabricated = fork?.What ?? found?.What,
                IsForked = fork is not null,
                Proof = [.. fork?.Documents ?? found?.Documents ?? []],
                Transparency = judged.Where(link => link.Counts && link.Link.Kind == LinkKind.Authorship && link.Logged is not null).Select(link => link.Logged!.IsWitnessed ? 1000 : 500).DefaultIfEmpty().Max(),
            },
            _skill.IsSigned, authors, graph, ever, _rules.Now);
    }

    private VouchGraph Graph(IEnumerable<KeyVouch> vouches, IReadOnlySet<string> publisher) =>
        new(_rules.Narrators.Where(narrator => !IsRevoked(narrator.Key)).Select(narrator => (narrator.Key, narrator.Role == ChainRole.Voucher)), vouches, publisher);

    private bool IsCurrent(KeyVouch vouch) => vouch.Expires > _rules.Now && vouch.IssuedAt <= _rules.Now && !_rules.Distrusted.Contains(vouch.From) && !_rules.Distrusted.Contains(vouch.To) && !IsRevoked(vouch.From);

    private bool IsRevoked(string key) => _rules.Revoked.ContainsKey(key);

    /// <summary>An author is believed as its key is; one whom nobody listed can be vouched for.</summary>
    private NarratorClass Author(VouchGraph graph)
    {
        // The publisher's own keys have no part in the graph that judges its skills: who vouches for them is looked up beside it.
        var byTrust = _decision switch { TrustDecision.Allowlisted => NarratorClass.Trustworthy, TrustDecision.Pinned => NarratorClass.Honest, _ => NarratorClass.Unknown };
        var signer = Convert.ToHexStringLower(_skill.Signature.PublicKey);
        var scope = $"publisher:{_skill.Manifest.Publisher}";
        var vouched = _rules.Vouches.Vouches.Where(vouch => vouch.To == signer && IsCurrent(vouch) && vouch.Scope.Contains(scope))
            .Select(vouch => Math.Min(vouch.Capacity, graph.FlowTo(vouch.From))).DefaultIfEmpty().Max();
        var byVouch = vouched switch { >= 500 => NarratorClass.Trustworthy, > 0 => NarratorClass.Honest, _ => NarratorClass.Unknown };
        return byTrust > byVouch ? byTrust : byVouch;
    }

    /// <summary>Where links stand in logs, as far as proofs hold; and whether a log contradicts itself among them.</summary>
    private (Dictionary<string, LoggedLink> Logged, Fabrication? Fork) Logged(List<(ChainLink Link, EvidencePlace Place)> links)
    {
        var logged = new Dictionary<string, LoggedLink>(StringComparer.Ordinal);
        var trees = new Dictionary<(string Origin, long Size), (string Root, Note Note)>();
        Fabrication? fork = null;
        foreach (var (link, proof) in _proofs.Take(MaxLinks))
        {
            LogVerdict verdict;
            try
            {
                verdict = _rules.Logs.Judge(proof.Note);
            }
            catch (FormatException)
            {
                continue;
            }

            if (verdict.Log is null)
            {
                continue;
            }

            var (origin, size, root) = (verdict.Checkpoint.Origin, verdict.Checkpoint.Size, Convert.ToBase64String(verdict.Checkpoint.Root));
            if (!trees.TryAdd((origin, size), (root, proof.Note)) && trees[(origin, size)].Root != root)
            {
                fork = new Fabrication($"the log '{origin}' signed two trees of {size} entries", [Bytes(trees[(origin, size)].Note), Bytes(proof.Note)]);
            }

            // An older tree is reconciled when the log is followed the next time; one of the same size is the same, or a lie.
            if (_rules.Memory?.LastOf(origin) is { } seen && seen.Size == size && !seen.IsSameTree(verdict.Checkpoint))
            {
                fork = new Fabrication($"the log '{origin}' signed another tree of {size} entries than was seen before", [Encoding.UTF8.GetBytes(seen.Text), Bytes(proof.Note)]);
            }

            if (_rules.Memory?.IsForked(origin) == true)
            {
                fork ??= new Fabrication($"the log '{origin}' showed two trees that cannot both be", [Bytes(proof.Note)]);
            }

            if (verdict.HasQuorum)
            {
                foreach (var proven in links.Where(entry => (link.Length == 0 || entry.Link.Id == link) && !logged.ContainsKey(entry.Link.Id) && Proves(proof, entry.Link)))
                {
                    logged[proven.Link.Id] = new LoggedLink(origin, proof.Index, !_rules.Logs.NeedsNoWitness);
                }
            }
        }

        return (logged, fork);
    }

    private static ReadOnlyMemory<byte> Bytes(Note note) => Encoding.UTF8.GetBytes(note.ToString());

    private bool Proves(LogProof proof, ChainLink link) => EntryOf(link, _skill) is { } entry && proof.Proves(entry.LeafHash);

    /// <summary>What a log keeps of a link of a package; null where the narrator did not sign it.</summary>
    public static SkillLogEntry? EntryOf(ChainLink link, SignedSkill skill) =>
        link.Envelope.SignatureOf(Convert.FromHexString(link.Narrator)) is { } signature
            ? new SkillLogEntry(link.Id, LinkKinds.TypeOf(link.Kind), skill.Manifest.SkillId, skill.Manifest.Version.ToString(), skill.Artifact.Payload, link.Narrator, signature)
            : null;
}
