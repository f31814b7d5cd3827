using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Trust;

namespace PluginHost.Registry.Publishing;

/// <summary>
/// What a registry keeps beside a package: links about it that their narrators signed, statements of provenance, key events of its publisher, and proofs of
/// logs. What nobody signed, or is about something else, is left out: a bundle has an end, and junk would push out what counts.
/// </summary>
/// <param name="Lines">Envelopes by their ids, in the order in which they came.</param>
/// <param name="Links">Those that are links.</param>
/// <param name="Proofs">Proofs of other logs.</param>
internal sealed record PublishedBundle(IReadOnlyList<byte[]> Lines, IReadOnlyList<ChainLink> Links, IReadOnlyList<(string Link, byte[] Line)> Proofs)
{
    private const string Provenance = "https://slsa.dev/provenance/v1";

    /// <param name="skill">The package.</param>
    /// <param name="bundles">What is there, and what is added.</param>
    /// <exception cref="SkillVerificationException">It is more than a bundle may have.</exception>
    public static PublishedBundle Of(SignedSkill skill, params IEnumerable<ReadOnlyMemory<byte>> bundles)
    {
        var lines = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var links = new List<ChainLink>();
        var proofs = new List<(string Link, byte[] Line)>();
        foreach (var line in bundles.SelectMany(BundleLines.Of))
        {
            if (LinkProof.IsLine(line.Span))
            {
                if (LinkProof.Read(line) is { Link.Length: > 0 } proof)
                {
                    proofs.Add((proof.Link, line.ToArray()));
                }
            }
            else if (Read(line, skill) is var (id, link) && lines.TryAdd(id, line.ToArray()) && link is not null)
            {
                links.Add(link);
            }
        }

        return lines.Values.Sum(line => line.Length + 1) <= EvidenceBundle.MaxBytes
            ? new PublishedBundle([.. lines.Values], links, [.. proofs.Where(proof => lines.ContainsKey(proof.Link)).DistinctBy(proof => Convert.ToBase64String(proof.Line))])
            : throw RegistryRefusal.Size($"the bundle of a package has at most {EvidenceBundle.MaxBytes} bytes");
    }

    /// <summary>The bundle as a file.</summary>
    /// <param name="proofs">Further proofs, as lines.</param>
    /// <exception cref="SkillVerificationException">It is more than a bundle may have.</exception>
    public byte[] Bytes(IEnumerable<byte[]> proofs)
    {
        byte[] bytes = [.. Lines.Concat(Proofs.Select(proof => proof.Line)).Select(line => (byte[])[.. line, (byte)'\n']).Concat(proofs).SelectMany(line => line)];
        return bytes.Length <= EvidenceBundle.MaxBytesWithProofs ? bytes : throw RegistryRefusal.Size($"the bundle of a package with its proofs has at most {EvidenceBundle.MaxBytesWithProofs} bytes");
    }

    private static (string Id, ChainLink? Link)? Read(ReadOnlyMemory<byte> line, SignedSkill skill)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            var statement = envelope.PayloadType == InTotoStatement.PayloadType ? InTotoStatement.Read(envelope.Payload) : throw new FormatException("it is no statement");
            if (ChainLinkReader.IsOne(statement))
            {
                var link = ChainLinkReader.Read(envelope, statement);
                return link.Payloads.Contains(skill.Artifact.Payload) && link.IsSigned ? (envelope.Id, link) : null;
            }

            return statement.PredicateType == Provenance && PackageSubjects.Compare(skill.Artifact, statement.Subjects).Mismatch is null ? (envelope.Id, null)
                : KeyEvents.Read(line).Any(one => one.Publisher == skill.Manifest.Publisher) ? (envelope.Id, null)
                : null;
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            return null;
        }
    }
}
