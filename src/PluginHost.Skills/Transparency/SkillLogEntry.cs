using System.Text;
using PluginHost.Skills.Attestations;

namespace PluginHost.Skills.Transparency;

/// <summary>What a log keeps of a link of a chain: digests and a signature, never the link itself.</summary>
/// <param name="Link">Id of the link.</param>
/// <param name="Kind">Its predicate type.</param>
/// <param name="Skill">The skill that it is about; a dash where it is about none.</param>
/// <param name="Version">The version, likewise.</param>
/// <param name="Payload">Lower hex payload digest; a dash where it is about none.</param>
/// <param name="Key">Lower hex public key that signed it.</param>
/// <param name="Signature">The signature under it.</param>
internal sealed record SkillLogEntry(string Link, string Kind, string Skill, string Version, string Payload, string Key, byte[] Signature)
{
    /// <summary>What the leaf of a link begins with.</summary>
    public const string Header = "pluginhost/skill-log-entry@v1";

    /// <summary>What stands where nothing does.</summary>
    public const string Nothing = "-";

    private const string KeyPrefix = "ed25519:";

    /// <summary>Bytes of an entry, as bundles of entries can tell their length.</summary>
    public const int MaxBytes = ushort.MaxValue;

    /// <summary>The leaf: lines in one order, so that whoever has the link can write it anew.</summary>
    public byte[] Bytes => Encoding.UTF8.GetBytes(
        $"{Header}\nlink {Link}\ntype {Kind}\nskill {Skill} {Version}\npayload {StatementSubject.PayloadAlgorithm}:{Payload}\nkey {KeyPrefix}{Key}\nsig {Convert.ToBase64String(Signature)}\n");

    /// <summary>Hash of the leaf.</summary>
    public byte[] LeafHash => MerkleTree.LeafHash(Bytes);

    /// <summary>Whether all of it can stand on its lines.</summary>
    public bool IsWhole => new[] { Kind, Skill, Version }.All(text => text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))) && Bytes.Length <= MaxBytes;

    /// <summary>Reads a leaf.</summary>
    /// <returns>The entry; null where the leaf is another one, or not written in the one form.</returns>
    public static SkillLogEntry? Read(ReadOnlySpan<byte> leaf)
    {
        var lines = Encoding.UTF8.GetString(leaf).Split('\n');
        if (lines.Length != 8 || lines[0] != Header || lines[3].Split(' ') is not ["skill", var skill, var version] || lines[6].Split(' ') is not ["sig", var signature] || StrictBase64.Decode(signature) is not { } bytes)
        {
            return null;
        }

        var entry = new SkillLogEntry(After(lines[1], "link "), After(lines[2], "type "), skill, version, After(lines[4], $"payload {StatementSubject.PayloadAlgorithm}:"), After(lines[5], $"key {KeyPrefix}"), bytes);
        return leaf.SequenceEqual(entry.Bytes) ? entry : null;
    }

    private static string After(string line, string mark) => line.StartsWith(mark, StringComparison.Ordinal) ? line[mark.Length..] : "";
}
