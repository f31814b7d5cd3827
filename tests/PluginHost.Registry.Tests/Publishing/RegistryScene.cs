using System.Text;
using System.Text.Json;
using PluginHost.Registry.Files;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Tests.Log;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Tests.Publishing;

/// <summary>A registry in a folder, a publisher, an auditor, and a host that follows the registry.</summary>
internal sealed class RegistryScene : IDisposable
{
    public const string Origin = "registry.example/log";

    private readonly TemporaryFolder _folder = new();
    private long _sequence;

    public static SigningKey Key { get; } = LogKeys.Of(81);

    public static SigningKey LogKey { get; } = LogKeys.Of(82);

    public static SigningKey Auditor { get; } = LogKeys.Of(83);

    public static NoteKey LogName { get; } = new(Origin, NoteKey.Ed25519Type, LogKey.PublicKey);

    public static string PublicKey => Convert.ToHexStringLower(Key.PublicKey);

    /// <summary>A state goes by no clock that is behind what it has seen: it begins now.</summary>
    public SimulatedTime Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddMinutes(5));

    public string Folder => _folder[""];

    public string Root => _folder["registry"];

    public string State => _folder["state"];

    public IPublicFiles Files => new DirectoryFiles(Root);

    public RegistryKeys Keys => new(_folder["registry.pem"], Key, _folder["log.pem"], LogKey);

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => _folder.Dispose();

    public RegistryWriter Create() => RegistryWriter.Create(Files, "test", Origin, TimeSpan.FromHours(24), Keys, Time);

    public RegistryWriter Open() => RegistryWriter.Open(Files, Keys, Time);

    public static string PayloadOf(byte[] package) => SkillArtifact.Read(package).Payload;

    /// <summary>A link about a package; its line.</summary>
    public byte[] Link(byte[] package, SigningKey key, LinkKind kind, string[] previous, Action<Utf8JsonWriter> predicate) =>
        [.. new ChainWriter(key, previous, Time.GetUtcNow(), ++_sequence).AboutSkill(kind, PayloadOf(package), ("demo.palyra-skill", new string('b', 64)), predicate), (byte)'\n'];

    public byte[] Release(byte[] package, string version = "1.0.0", SigningKey? key = null) => Link(package, key ?? DemoPackage.Key, LinkKind.Authorship, [], json => json.WriteString("purl", $"pkg:generic/acme.demo@{version}"));

    public byte[] Violation(byte[] package, string release, SigningKey? key = null) => Link(package, key ?? Auditor, LinkKind.Violation, [release], json =>
    {
        json.WriteString("severity", "malicious");
        json.WriteString("reason", "it sends the input away");
    });

    public static string IdOf(byte[] line) => Skills.Attestations.DsseEnvelope.Read(line.AsMemory(0, line.Length - 1)).Id;

    public async Task<PublishedSkill> PublishAsync(byte[] package, byte[] bundle, bool mayDelegate = true)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        using var registry = Open();
        return await registry.PublishAsync(package, bundle, new PublishOptions { MayDelegate = mayDelegate }, default);
    }

    public async Task AdviseAsync(AdvisoryAction action, string version = "1.0.0", string reason = "it steals")
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        using var registry = Open();
        await registry.AdviseAsync(action, "acme.demo", version, reason, new PublishOptions(), default);
    }

    public async Task<IReadOnlyList<RegistryFinding>> AuditAsync() => (await new RegistryAudit(Files, new(), Time).RunAsync(default)).Findings;

    /// <summary>A host that lists the registry, its log and the auditor.</summary>
    public SkillHost Host(string? policy = null, bool isListed = true)
    {
        if (!Directory.Exists(State))
        {
            StateRoot.Create(State);
            if (isListed)
            {
                new TrustOffice(StateRoot.Open(State), null, "tester", null).AddRegistry(Library.Registries.RemoteRegistry.OriginOf(new Uri(this["index.json"])), PublicKey, "test");
            }
        }

        File.WriteAllText(_folder["logs"], policy ?? $"log {LogName}\nquorum none\n");
        var options = new SkillHostOptions { StateDirectory = State, AllowTrustOnFirstUse = true, Time = Time };
        options.Chain.LogPolicyFile = _folder["logs"];
        options.Chain.Narrators.Add(new SkillNarrator(Convert.ToHexStringLower(Auditor.PublicKey), "lab", "auditor"));
        options.Chain.ScoreThresholds[SkillExposure.Low] = 0;
        return SkillHost.Create(options);
    }

    public SkillRegistry Mirror => SkillRegistry.Mirror(Root);

    public async Task<SkillRegistryReport> SyncAsync()
    {
        await using var host = Host();
        return await host.Library.SyncAsync(Mirror);
    }

    /// <summary>Keeps a copy of everything that is public.</summary>
    public void Copy(string to) => CopyFolder(Root, _folder[to]);

    /// <summary>Puts a copy back.</summary>
    public void PutBack(string from)
    {
        Directory.Delete(Root, recursive: true);
        CopyFolder(_folder[from], Root);
    }

    public static byte[] Package(string version = "1.0.0", string description = "Runs.", SigningKey? signer = null) => new DemoPackage { Version = version, Description = description, Signer = signer ?? DemoPackage.Key }.Build();

    public static string Text(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
