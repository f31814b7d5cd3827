using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Adds lines to what is known of a package, as far as there is room: first what those say who are believed, what speaks against it before the rest, with
/// proofs of logs that count; then a little of strangers, of other evidence and of other logs, in all and not each time. Nothing that is known gives way.
/// </summary>
/// <param name="skill">The package.</param>
/// <param name="isKnown">Whether a key is that of somebody whom the host believes in something.</param>
/// <param name="logs">Logs that count.</param>
internal sealed class EvidenceMerge(SignedSkill skill, Func<string, bool> isKnown, LogPolicy logs)
{
    private const int MaxStrangers = 256 * 1024;
    private const int ProofsPerLink = 4;

    /// <returns>All lines, and how many that are about the package found no room.</returns>
    public (byte[] Merged, int Added, int Left) Add(ReadOnlyMemory<byte> known, ReadOnlyMemory<byte> shown)
    {
        var all = BundleLines.Envelopes(known).ToList();
        var present = all.Select(Text).ToHashSet(StringComparer.Ordinal);
        var links = new Dictionary<string, ChainLink>(StringComparer.Ordinal);
        var proofs = new Dictionary<string, int>(StringComparer.Ordinal);
        var size = all.Sum(line => line.Length + 1);
        var (added, left) = (0, 0);

        // What there is of strangers, of other evidence and of other logs already.
        var taken = new int[3];
        foreach (var line in all)
        {
            if (LinkProof.IsLine(line.Span))
            {
                var proof = LinkProof.Read(line);
                proofs[proof?.Link ?? ""] = proofs.GetValueOrDefault(proof?.Link ?? "") + 1;
                taken[2] += proof is not null && IsOfLog(proof.Proof) ? 0 : line.Length;
            }
            else if (EvidenceLine.Read(line, skill)?.Link is { } link)
            {
                links.TryAdd(link.Id, link);
                taken[0] += IsKnown(link) ? 0 : line.Length;
            }
            else
            {
                taken[1] += line.Length;
            }
        }

        var more = BundleLines.Envelopes(shown).Where(line => !present.Contains(Text(line))).ToList();
        var found = more.Where(line => !LinkProof.IsLine(line.Span)).Select(line => (Line: line, Read: EvidenceLine.Read(line, skill))).Where(line => line.Read is not null).ToList();
        foreach (var (line, read) in found.OrderBy(line => line.Read!.Link is { } link ? Rank(link) : int.MaxValue))
        {
            if (!Take(line, read!.Link is not { } said ? 1 : IsKnown(said) ? null : 0))
            {
                left++;
            }
            else if (read.Link is { } link)
            {
                links.TryAdd(link.Id, link);
            }
        }

        foreach (var (line, proof, isOfLog) in more.Where(line => LinkProof.IsLine(line.Span)).Select(line => (Line: line, Read: LinkProof.Read(line)))
            .Where(proof => proof.Read is { } read && links.TryGetValue(read.Link, out var link) && Proves(read.Proof, link))
            .Select(proof => (proof.Line, proof.Read!, IsOfLog(proof.Read!.Proof))).OrderByDescending(proof => proof.Item3))
        {
            if (proofs.GetValueOrDefault(proof.Link) < ProofsPerLink)
            {
                proofs[proof.Link] = proofs.GetValueOrDefault(proof.Link) + 1;
                left += Take(line, isOfLog ? null : 2) ? 0 : 1;
            }
        }

        return ([.. all.SelectMany(line => line.ToArray().Append((byte)'\n'))], added, left);

        bool Take(ReadOnlyMemory<byte> line, int? kind)
        {
            if (size + line.Length + 1 > EvidenceBundle.MaxBytesWithProofs || (kind is { } limited && taken[limited] + line.Length > MaxStrangers))
            {
                return false;
            }

            if (kind is { } counted)
            {
                taken[counted] += line.Length;
            }

            size += line.Length + 1;
            added++;
            all.Add(line);
            return true;
        }
    }

    /// <summary>What a host keeps of the bundle of a package that it installs: all of one that leaves room for what will be said later, and the best of another.</summary>
    public byte[] Kept(byte[] shown) => shown.Length <= EvidenceBundle.MaxBytes ? shown : Add(default, shown).Merged;

    /// <summary>Whether a log that counts signed the checkpoint of a proof.</summary>
    private bool IsOfLog(LogProof proof)
    {
        try
        {
            // When witnesses cosigned it is looked at where it counts.
            return logs.Judge(proof.Note, DateTimeOffset.MaxValue.AddDays(-1)).Log is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string Text(ReadOnlyMemory<byte> line) => Convert.ToBase64String(line.Span);

    private bool IsKnown(ChainLink link) => isKnown(link.Narrator) || link.Narrator == Convert.ToHexStringLower(skill.Signature.PublicKey);

    private int Rank(ChainLink link) => (IsKnown(link) ? 0 : 2) + (link.IsNegative ? 0 : 1);

    private bool Proves(LogProof proof, ChainLink link)
    {
        try
        {
            return ChainInspection.EntryOf(link, skill) is { IsWhole: true } entry && proof.Proves(entry.LeafHash);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
