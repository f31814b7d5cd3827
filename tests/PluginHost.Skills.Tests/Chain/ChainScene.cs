using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Tests.Trust;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>A package, the people around it, and what they sign.</summary>
internal sealed class ChainScene
{
    public const string Origin = "log.example/skills";

    private long _sequence;

    public static SigningKey Author { get; } = DemoPackage.Key;

    public static SigningKey Auditor { get; } = Keys.Of(21);

    public static SigningKey Second { get; } = Keys.Of(22);

    public static SigningKey Third { get; } = Keys.Of(23);

    public static SigningKey Voucher { get; } = Keys.Of(31);

    public static SigningKey Builder { get; } = Keys.Of(41);

    public static SigningKey Stranger { get; } = Keys.Of(51);

    private static SigningKey Log { get; } = Keys.Of(61);

    private static SigningKey Witness { get; } = Keys.Of(62);

    public static SignedSkill Skill { get; } = new DemoPackage().Signed();

    public static SignedSkill Other { get; } = new DemoPackage { Description = "Another." }.Signed();

    public static DateTimeOffset Now { get; } = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two auditors, a voucher, a log and a witness whom the operator names.</summary>
    public static ChainRules Rules { get; } = new()
    {
        Narrators = [new ChainNarrator(Auditor.Hex(), "ops", ChainRole.Auditor), new ChainNarrator(Second.Hex(), "lab", ChainRole.Auditor), new ChainNarrator(Third.Hex(), "uni", ChainRole.Auditor), new ChainNarrator(Voucher.Hex(), "desk", ChainRole.Voucher)],
        Logs = LogPolicy.Read(Encoding.ASCII.GetBytes($"log {LogKey}\nwitness w {new NoteKey("w.example", NoteKey.CosignatureType, Witness.PublicKey)}\nquorum w\n")),
        Now = Now,
    };

    public static NoteKey LogKey => new(Origin, NoteKey.Ed25519Type, Log.PublicKey);

    public byte[] Release(SigningKey? key = null, SignedSkill? skill = null, DateTimeOffset? at = null, long? sequence = null) =>
        Sign(key ?? Author, LinkKind.Authorship, [], json => json.WriteString("purl", "pkg:generic/acme.demo@1.0.0"), skill, at, sequence);

    public byte[] Build(string before, SigningKey? key = null) => Sign(key ?? Builder, LinkKind.Build, [before], json =>
    {
        json.WriteStartObject("buildDefinition");
        json.WriteEndObject();
    });

    public byte[] Audit(string before, SigningKey? key = null, string result = "PASSED", bool isConcealed = false, DateTimeOffset? at = null) => Sign(key ?? Auditor, LinkKind.MachineAudit, [before], json =>
    {
        json.WriteString("result", result);
        json.WriteStartArray("configuration");
        if (!isConcealed)
        {
            json.WriteStartObject();
            json.WriteString("name", "pack");
            json.WriteStartObject("digest");
            json.WriteString("sha256", new string('a', 64));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }, at: at);

    public byte[] Review(string before, SigningKey? key = null, string[]? did = null, DateTimeOffset? at = null, long? sequence = null) => Sign(key ?? Auditor, LinkKind.Review, [before], json =>
    {
        json.WriteStartArray("properties");
        foreach (var name in did ?? ["REVIEWED_SOURCE"])
        {
            json.WriteStringValue(LinkKinds.ReviewProperty(name));
        }

        json.WriteEndArray();
    }, at: at, sequence: sequence);

    public byte[] Violation(string before, SigningKey? key = null, string severity = "malicious") => Sign(key ?? Second, LinkKind.Violation, [before], json =>
    {
        json.WriteString("severity", severity);
        json.WriteString("reason", "it sends the input away");
    });

    public byte[] VouchForSkill(string before, DateTimeOffset? expires = null) => Sign(Voucher, LinkKind.Vouch, [before], json =>
    {
        json.WriteStartObject("target");
        json.WriteString("kind", "skill");
        json.WriteString("payload", Skill.Artifact.Payload);
        json.WriteEndObject();
        json.WriteString("level", "high");
        json.WriteString("expires", ChainLinkReader.Text(expires ?? Now.AddDays(30)));
    });

    public byte[] VouchForKey(SigningKey from, SigningKey to, string level = "high", string[]? scope = null, DateTimeOffset? expires = null, long? sequence = null) =>
        new ChainWriter(from, [], Now.AddDays(-1), sequence ?? ++_sequence).AboutKey(to.Hex(), json =>
        {
            json.WriteStartObject("target");
            json.WriteString("kind", "key");
            json.WriteString("key", ChainLinkReader.Text(to.Hex()));
            json.WriteEndObject();
            json.WriteString("level", level);
            json.WriteStartArray("scope");
            foreach (var one in scope ?? ["auditor"])
            {
                json.WriteStringValue(one);
            }

            json.WriteEndArray();
            json.WriteString("expires", ChainLinkReader.Text(expires ?? Now.AddDays(30)));
        });

    public byte[] Sign(SigningKey key, LinkKind kind, string[] previous, Action<Utf8JsonWriter> predicate, SignedSkill? skill = null, DateTimeOffset? at = null, long? sequence = null) =>
        new ChainWriter(key, previous, at ?? Now.AddDays(-10), sequence ?? ++_sequence).AboutSkill(kind, (skill ?? Skill).Artifact.Payload, ("demo.palyra-skill", new string('b', 64)), predicate);

    public static string Id(byte[] envelope) => DsseEnvelope.Read(envelope).Id;

    public static byte[] Bundle(params byte[][] lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];

    /// <summary>Proofs that links stand in the log, one after the other.</summary>
    public static byte[][] Logged(params byte[][] links) => Logged(Origin, Log, links);

    public static byte[][] Logged(string origin, SigningKey log, byte[][] links, bool isWitnessed = true, byte[]? first = null)
    {
        var leaves = links.Select(line => ChainInspection.EntryOf(Read(line), Skill)!.LeafHash).ToList();
        if (first is not null)
        {
            leaves.Insert(0, first);
        }

        var text = Checkpoint.Of(origin, leaves.Count, MerkleTree.Fold([.. leaves.SelectMany(leaf => leaf)])).Text;
        var note = Note.Read($"{text}\n{Note.SignatureOf(text, origin, log)}{(isWitnessed ? Note.CosignatureOf(text, "w.example", Witness, Now.ToUnixTimeSeconds()) : "")}");
        return [.. links.Select((line, i) => LinkProof.Line(Id(line), Encoding.UTF8.GetBytes(new LogProof(i + (first is null ? 0 : 1), Path([.. leaves], i + (first is null ? 0 : 1)), note, null).ToString()))[..^1])];
    }

    public static byte[][] Fork(byte[] link) => Logged(Origin, Log, [link], first: SHA256.HashData("x"u8));

    public static byte[][] Unwitnessed(params byte[][] links) => Logged(Origin, Log, links, isWitnessed: false);

    public static byte[][] ByAnotherLog(byte[] link) => Logged("other.example", Stranger, [link]);

    public static ChainReport Report(ChainRules? rules = null, TrustDecision decision = TrustDecision.Allowlisted, params byte[][] lines) =>
        ChainInspection.Of(Skill, decision, Bundle(lines), rules ?? Rules, [new TrustedBuilder(Builder.PublicKey, "b", 3, [])]);

    private static ChainLink Read(byte[] line) => DsseEnvelope.Read(line) is var envelope ? ChainLinkReader.Read(envelope, InTotoStatement.Read(envelope.Payload)) : null!;

    /// <summary>The hashes beside the way to a leaf, as RFC 6962 2.1.1 says.</summary>
    private static List<byte[]> Path(byte[][] leaves, int index)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = (int)MerkleTree.LargestPowerBelow((ulong)leaves.Length);
        return index < k ? [.. Path(leaves[..k], index), MerkleTree.Fold([.. leaves[k..].SelectMany(leaf => leaf)])] : [.. Path(leaves[k..], index - k), MerkleTree.Fold([.. leaves[..k].SelectMany(leaf => leaf)])];
    }
}
