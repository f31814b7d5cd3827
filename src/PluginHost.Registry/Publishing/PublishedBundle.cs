using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Transparency;

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
    // What speaks against a package finds room whatever its publisher puts there.
    private const int MaxBytesInFavour = EvidenceBundle.MaxBytes / 4 * 3;
    private const int MaxLine = 128 * 1024;
    private const int MaxLineOfStranger = 16 * 1024;
    private const int MaxOthers = 64;
    private const int MaxLinks = 256;
    private const int MaxBytesAgainstOfStrangers = EvidenceBundle.MaxBytes / 8;
    private const int AgainstPerStranger = 4;
    private const int ProofsPerLink = 4;
    private const int MaxForeignProofs = 256 * 1024;

    /// <param name="skill">The package.</param>
    /// <param name="isKnown">Whether a key is that of somebody whom the registry's operator believes.</param>
    /// <param name="maxStrangers">How many links in its favour are taken of people whom he does not know.</param>
    /// <param name="bundles">What is there, and what is added.</param>
    /// <exception cref="SkillVerificationException">It is more than a bundle may have.</exception>
    public static PublishedBundle Of(SignedSkill skill, Func<string, bool> isKnown, int maxStrangers, params IEnumerable<ReadOnlyMemory<byte>> bundles)
    {
        var lines = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var links = new List<ChainLink>();
        var proofs = new List<(string Link, byte[] Line)>();
        var signer = Convert.ToHexStringLower(skill.Signature.PublicKey);
        var (strangers, against) = (0, 0);
        var spoken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in bundles.SelectMany(BundleLines.Envelopes))
        {
            if (LinkProof.IsLine(line.Span))
            {
                if (LinkProof.Read(line) is { Link.Length: > 0 } proof)
                {
                    proofs.Add((proof.Link, line.ToArray()));
                }
            }
            else if (line.Length <= MaxLine && EvidenceLine.Read(line, skill) is { } read && !lines.ContainsKey(read.Id) && (read.Link is { } said ? HasRoom(said, line.Length) : lines.Count - links.Count < MaxOthers))
            {
                lines[read.Id] = line.ToArray();
                if (read.Link is { } link)
                {
                    links.Add(link);
                }
            }
        }

        var negative = links.Where(link => link.IsNegative).Select(link => link.Id).ToHashSet(StringComparer.Ordinal);
        return links.Count - negative.Count <= MaxLinks && lines.Where(line => !negative.Contains(line.Key)).Sum(line => line.Value.Length + 1) <= MaxBytesInFavour && lines.Values.Sum(line => line.Length + 1) <= EvidenceBundle.MaxBytes
            ? new PublishedBundle([.. lines.Values], links, [.. proofs.Where(proof => lines.ContainsKey(proof.Link)).DistinctBy(proof => Convert.ToBase64String(proof.Line))])
            : throw RegistryRefusal.Size($"the bundle of a package has at most {EvidenceBundle.MaxBytes} bytes, and {MaxBytesInFavour} and {MaxLinks} links without what speaks against it");

        // A little of strangers, so that they fill nobody's bundle: neither with praise nor with the room for what those say who are believed.
        bool HasRoom(ChainLink link, int length)
        {
            if (isKnown(link.Narrator) || link.Narrator == signer)
            {
                return true;
            }

            if (length > MaxLineOfStranger || (link.IsNegative ? against + length > MaxBytesAgainstOfStrangers : strangers >= maxStrangers))
            {
                return false;
            }

            spoken[link.Narrator] = spoken.GetValueOrDefault(link.Narrator) + (link.IsNegative ? 1 : 0);
            against += link.IsNegative ? length : 0;
            strangers += link.IsNegative ? 0 : 1;
            return spoken[link.Narrator] <= AgainstPerStranger;
        }
    }

    /// <summary>The same with only those proofs of a log that hold for it; those of other logs are for others to judge.</summary>
    /// <param name="skill">The package.</param>
    /// <param name="key">The log's key.</param>
    public PublishedBundle Proven(SignedSkill skill, NoteKey key)
    {
        var links = Links.ToDictionary(link => link.Id, StringComparer.Ordinal);
        var foreign = 0;
        return this with
        {
            Proofs =
            [
                .. Proofs.Select(proof => (proof.Link, proof.Line, Read: LinkProof.Read(proof.Line)))
                    .Where(proof => proof.Read is { } read && links.TryGetValue(proof.Link, out var link) && Holds(read.Proof, ChainInspection.EntryOf(link, skill), key))
                    .Select(proof => (proof.Link, proof.Line, IsOwn: IsOf(proof.Read!.Proof, key.Name)))
                    .GroupBy(proof => proof.Link, StringComparer.Ordinal).SelectMany(group => group.OrderByDescending(proof => proof.IsOwn).Take(ProofsPerLink))
                    .Where(proof => proof.IsOwn || (foreign += proof.Line.Length) <= MaxForeignProofs)
                    .Select(proof => (proof.Link, proof.Line)),
            ],
        };
    }

    /// <summary>Refuses what would not find room with its new proofs, before anything is logged.</summary>
    /// <exception cref="SkillVerificationException">It would not.</exception>
    public void Demand(int proofs, int bytesOfProof) => _ = Bytes(Enumerable.Repeat(new byte[bytesOfProof], proofs));

    /// <summary>The links that a log has, by proofs that hold.</summary>
    public IReadOnlySet<string> LoggedIn(string origin) =>
        Proofs.Where(proof => LinkProof.Read(proof.Line) is { } read && IsOf(read.Proof, origin)).Select(proof => proof.Link).ToHashSet(StringComparer.Ordinal);

    private static bool Holds(LogProof proof, SkillLogEntry? entry, NoteKey key)
    {
        try
        {
            return entry is { IsWhole: true } && proof.Proves(entry.LeafHash) && (!IsOf(proof, key.Name) || proof.Note.IsSignedBy(key));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsOf(LogProof proof, string origin) => proof.Note.Text.StartsWith(origin + "\n", StringComparison.Ordinal);

    /// <summary>The bundle as a file.</summary>
    /// <param name="proofs">Further proofs, as lines.</param>
    /// <exception cref="SkillVerificationException">It is more than a bundle may have.</exception>
    public byte[] Bytes(IEnumerable<byte[]> proofs)
    {
        byte[] bytes = [.. Lines.Concat(Proofs.Select(proof => proof.Line)).Select(line => (byte[])[.. line, (byte)'\n']).Concat(proofs).SelectMany(line => line)];
        return bytes.Length <= EvidenceBundle.MaxBytesWithProofs ? bytes : throw RegistryRefusal.Size($"the bundle of a package with its proofs has at most {EvidenceBundle.MaxBytesWithProofs} bytes");
    }
}
