using System.Globalization;
using System.Security.Cryptography;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// Makes an operator's package of one that nobody signed. It gets names of the operator's, because nobody answers for its own; its code, data and
/// bill of materials stay, and a signed statement in it names the bytes that it was made of.
/// </summary>
internal sealed class Adoption
{
    public const string StatementType = "urn:pluginhost:adoption:v1";

    private const string Statement = "attestations/adoption.intoto.jsonl";
    private readonly SkillManifest _before;
    private readonly string _publisher;
    private readonly string _id;

    private Adoption(SkillManifest before, string publisher)
    {
        _before = before;
        _publisher = publisher;
        _id = $"{publisher}.{(before.SkillId.StartsWith(before.Publisher + ".", StringComparison.Ordinal) ? before.SkillId[(before.Publisher.Length + 1)..] : before.SkillId)}";
    }

    /// <param name="file">The package that nobody signed.</param>
    /// <param name="publisher">The operator's name as a publisher.</param>
    /// <param name="key">The operator's key.</param>
    /// <param name="reason">Why it is adopted.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="SkillVerificationException">It is signed, or what is made of it breaks a rule.</exception>
    public static byte[] Adopt(byte[] file, string publisher, SigningKey key, string reason, DateTimeOffset now)
    {
        var skill = SignedSkill.Unsigned(SkillArtifact.Read(file));
        if (skill.IsSigned)
        {
            throw new SkillVerificationException("policy", "adopt", "the package is signed: whom it is from is known, there is nothing to adopt");
        }

        var original = Convert.ToHexStringLower(SHA256.HashData(file));
        var adoption = new Adoption(skill.Manifest, publisher);
        var manifest = adoption.Renamed(skill.Artifact.Find(ManifestReader.Entry)!, isManifest: true);
        List<ArchiveEntry> files =
        [
            .. skill.Artifact.Entries.Where(entry => entry.Path is not (ManifestReader.Entry or SbomInspection.Entry or ProvenanceInspection.Entry) && !entry.Path.StartsWith("attestations/", StringComparison.Ordinal))
                .Select(entry => entry.Path == CapabilitiesFileReader.Entry ? entry with { Content = adoption.Renamed(entry.Content, isManifest: false) } : entry),
            new(Statement, adoption.Sign(original, skill.Artifact.Payload, reason, now, key)),
        ];
        var sbom = skill.Artifact.Find(SbomInspection.Entry) ?? throw new SkillVerificationException("sbom", "missing", $"the package has no {SbomInspection.Entry}");
        return PackageBuilder.Build(new PackageContent(manifest, sbom, PackagingStatement.Write(manifest, files, original), files), key, DateTimeOffset.UnixEpoch);
    }

    private byte[] Sign(string original, string payload, string reason, DateTimeOffset now, SigningKey key)
    {
        var statement = InTotoStatement.Write("original.palyra-skill", [("sha256", original), (StatementSubject.PayloadAlgorithm, payload)], StatementType, writer =>
        {
            writer.WriteString("skill", _before.SkillId);
            writer.WriteString("adoptedAs", _id);
            writer.WriteString("adoptedBy", "ed25519:" + Convert.ToHexStringLower(key.PublicKey));
            writer.WriteString("adoptedOn", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("reason", reason);
        });
        return [.. DsseEnvelope.Sign(InTotoStatement.PayloadType, statement, key), (byte)'\n'];
    }

    private byte[] Renamed(byte[] toml, bool isManifest)
    {
        var table = Table(TomlReader.Read(toml));
        if (!isManifest)
        {
            return TomlWriter.Write(table);
        }

        var manifest = new TomlTable();
        foreach (var name in table.Keys.Where(name => name != "integrity"))
        {
            manifest.Add(name, name switch { "publisher" => _publisher, "skill_id" => _id, _ => table[name] }, default);
        }

        return TomlWriter.Write(manifest);
    }

    /// <summary>Names within values and keys: tools by their ids, secrets by the id of the skill.</summary>
    private TomlTable Table(TomlTable table)
    {
        var renamed = new TomlTable();
        foreach (var key in table.Keys)
        {
            var name = Text(key);
            renamed.Add(renamed.TryGet(name, out _) ? throw new SkillVerificationException("policy", "adopt", $"two keys would be called '{name}' once they are renamed") : name, Value(table[key]), default);
        }

        return renamed;
    }

    private object Value(object value)
    {
        switch (value)
        {
            case TomlTable table:
                return Table(table);
            case TomlArray array:
                var renamed = new TomlArray(array.IsOfTables);
                renamed.Items.AddRange(array.Items.Select(Value));
                return renamed;
            case string text:
                return Text(text);
            default:
                return value;
        }
    }

    private string Text(string text)
    {
        if (_before.Tools.Any(tool => tool.Id == text))
        {
            return _publisher + text[_before.Publisher.Length..];
        }

        var scope = "skill:" + _before.SkillId;
        return text == scope || text.StartsWith(scope + "/", StringComparison.Ordinal) ? $"skill:{_id}{text[scope.Length..]}" : text;
    }
}
