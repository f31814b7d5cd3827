using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Chain;

/// <summary>
/// Adds lines to what is known of a package, as far as there is room: first what those say who are believed, what speaks against it before the rest, then a
/// little of strangers. Nothing that is known gives way.
/// </summary>
/// <param name="skill">The package.</param>
/// <param name="isKnown">Whether a key is that of somebody whom the host believes in something.</param>
internal sealed class EvidenceMerge(SignedSkill skill, Func<string, bool> isKnown)
{
    private const int MaxStrangers = 256 * 1024;
    private const int MaxOthers = 64;
    private const int ProofsPerLink = 4;

    /// <returns>All lines, and how many that are about the package found no room.</returns>
    public (byte[] Merged, int Added, int Left) Add(ReadOnlyMemory<byte> known, ReadOnlyMemory<byte> shown)
    {
        var all = BundleLines.Of(known).ToList();
        var present = all.Select(Text).ToHashSet(StringComparer.Ordinal);
        var links = all.Where(line => !LinkProof.IsLine(line.Span)).Select(line => EvidenceLine.Read(line, skill)?.Link).OfType<ChainLink>().DistinctBy(link => link.Id).ToDictionary(link => link.Id, StringComparer.Ordinal);
        var size = all.Sum(line => line.Length + 1);
        var (added, left, strangers) = (0, 0, 0);
        var more = BundleLines.Of(shown).Where(line => !present.Contains(Text(line))).ToList();
        var found = more.Where(line => !LinkProof.IsLine(line.Span)).Select(line => (Line: line, Read: EvidenceLine.Read(line, skill))).Where(line => line.Read is not null).ToList();
        foreach (var (line, read) in found.Where(line => line.Read!.Link is not null).OrderBy(line => Rank(line.Read!.Link!)))
        {
            var isStranger = !IsKnown(read!.Link!);
            if ((isStranger && strangers + line.Length > MaxStrangers) || !Take(line))
            {
                left++;
                continue;
            }

            strangers += isStranger ? line.Length : 0;
            links.TryAdd(read.Link!.Id, read.Link);
        }

        left += found.Where(line => line.Read!.Link is null).Take(MaxOthers).Count(line => !Take(line.Line));
        left += more.Where(line => LinkProof.IsLine(line.Span)).Select(line => (Line: line, Read: LinkProof.Read(line)))
            .Where(proof => proof.Read is { } read && links.TryGetValue(read.Link, out var link) && Proves(read.Proof, link))
            .GroupBy(proof => proof.Read!.Link, StringComparer.Ordinal).SelectMany(group => group.Take(ProofsPerLink)).Count(proof => !Take(proof.Line));
        return ([.. all.SelectMany(line => line.ToArray().Append((byte)'\n'))], added, left);

        bool Take(ReadOnlyMemory<byte> line)
        {
            if (size + line.Length + 1 > EvidenceBundle.MaxBytesWithProofs)
            {
                return false;
            }

            size += line.Length + 1;
            added++;
            all.Add(line);
            return true;
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
