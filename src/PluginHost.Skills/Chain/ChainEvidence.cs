using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Chain;

/// <summary>
/// What the bundles in and beside a package hold for its chain, each line read once. What is read is bounded by bytes, never by a number of lines: anybody
/// can put a line before an honest one.
/// </summary>
internal sealed class ChainEvidence
{
    private const string Folder = "attestations/";
    private const string BundleExtension = ".intoto.jsonl";
    private readonly List<(ChainLink Link, EvidencePlace Place)> _links = [];
    private readonly List<UnreadLink> _unread = [];
    private readonly List<LinkProof> _proofs = [];

    private ChainEvidence()
    {
    }

    /// <summary>Links as they came: the same link may be there in several envelopes, and whether it is signed nobody has looked yet.</summary>
    public IReadOnlyList<(ChainLink Link, EvidencePlace Place)> Links => _links;

    /// <summary>Lines that say to be links and cannot be read.</summary>
    public IReadOnlyList<UnreadLink> Unread => _unread;

    /// <summary>How many lines are no signed statements at all.</summary>
    public int Malformed { get; private set; }

    /// <summary>Whether there was more than may be read.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Proofs of logs.</summary>
    public IReadOnlyList<LinkProof> Proofs => _proofs;

    /// <param name="skill">The package.</param>
    /// <param name="beside">The bundle beside it.</param>
    public static ChainEvidence Of(SignedSkill skill, ReadOnlyMemory<byte> beside)
    {
        var evidence = new ChainEvidence();
        foreach (var (line, place) in Lines(skill, beside))
        {
            if (!BundleLines.MayBeOne(line))
            {
                evidence.Malformed++;
            }
            else if (EvidenceBundle.IsCut(line.Span))
            {
                evidence.IsCut = true;
            }
            else if (!LinkProof.IsLine(line.Span))
            {
                evidence.ReadLink(line, place);
            }
            else if (LinkProof.Read(line) is { } proof)
            {
                evidence._proofs.Add(proof);
            }
            else
            {
                evidence.Malformed++;
            }
        }

        return evidence;
    }

    /// <summary>Lines of all bundles. A bundle that is too large is not read, and of those in a package only as many as one may have bytes.</summary>
    public static IEnumerable<(ReadOnlyMemory<byte> Line, EvidencePlace Place)> Lines(SignedSkill skill, ReadOnlyMemory<byte> beside)
    {
        var left = EvidenceBundle.MaxBytes;
        foreach (var entry in skill.Artifact.Entries.Where(entry => entry.Path.StartsWith(Folder, StringComparison.Ordinal) && entry.Path.EndsWith(BundleExtension, StringComparison.Ordinal)))
        {
            left -= entry.Content.Length;
            if (left < 0)
            {
                break;
            }

            foreach (var line in BundleLines.Of(entry.Content))
            {
                yield return (line, EvidencePlace.Inside);
            }
        }

        foreach (var line in beside.Length > EvidenceBundle.MaxBytesWithProofs ? [] : BundleLines.Of(beside))
        {
            yield return (line, EvidencePlace.Beside);
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
            // What is no statement, or holds half of a character, is for nobody.
            Malformed++;
            return;
        }

        try
        {
            _links.Add((ChainLinkReader.Read(envelope, statement), place));
        }
        catch (FormatException e)
        {
            _unread.Add(new UnreadLink(envelope.Id, statement.PredicateType, place, e.Message));
        }
    }
}
