using System.Security.Cryptography;
using System.Text.Json.Nodes;
using PluginHost.Library.Registries;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Manifests;
using PluginHost.Tests.Libraries;

namespace PluginHost.Cli.Tests;

/// <summary>Skills from a registry behind an address, from the command line.</summary>
[TestClass]
public sealed class RegistryVerbsTests : IDisposable
{
    private const string Key = "37d590eee4aba207595430ac1b4ecf2925f0e5df5cf3474862d20bb1cc1efaaa";
    private static readonly SigningKey Signer = SigningKey.Generate();
    private readonly string _folder = Directory.CreateTempSubdirectory("registry").FullName;
    private readonly HttpsFolder _server = new();

    public RegistryVerbsTests()
    {
        Invocation.Run("init", "--state", State);
        Invocation.Run("trust", "add", "acme=" + Key, "--reason", "test", "--state", State);
        File.WriteAllText(Roots, _server.Pem);
        var package = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "text.palyra-skill"));
        _server.Files["/text.palyra-skill"] = package;
        var entry = new RegistryEntry("acme.text", SkillVersion.Parse("1.0.0")!.Value, "acme", "text.palyra-skill", Convert.ToHexStringLower(SHA256.HashData(package)), package.Length);
        _server.Files["/index.json"] = new RegistryPage { GeneratedAtUnixMs = 1, Entries = [entry] }.Sign("registry", Signer, DateTimeOffset.UnixEpoch);
    }

    private static string PublicKey { get; } = Convert.ToHexStringLower(Signer.PublicKey);

    private string State => Path.Combine(_folder, "state");

    private string Roots => Path.Combine(_folder, "roots.pem");

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private (int ExitCode, JsonNode Json) Run(params string[] arguments)
    {
        var run = Invocation.Run([.. arguments, "--state", State, "--json"]);
        return (run.ExitCode, JsonNode.Parse(run.Output)!);
    }

    private (int ExitCode, JsonNode Json) Registry(string verb, params string[] more) =>
        Run(["skills", verb, "--registry-url", _server.At("/index.json").ToString(), "--registry-ca-cert", Roots, "--skill-id", "acme.text", .. more]);

    [TestMethod]
    public void ListedRegistry_OffersSkills_AndUpdates()
    {
        var (refused, error) = Registry("install");
        Assert.AreEqual((2, "policy.registry-key"), (refused, (string?)error["error"]!["code"]));
        Assert.AreEqual(0, Run("trust", "registry", "add", $"{_server.Origin}={PublicKey}", "--reason", "test").ExitCode);
        StringAssert.Contains(Invocation.Run("trust", "list", "--state", State).Words, $"{_server.Origin} registry {PublicKey}");

        var (installed, report) = Registry("install");
        Assert.AreEqual((0, "remote_registry", $"{_server.Origin}/text.palyra-skill"), (installed, (string?)report["source"]!["kind"], (string?)report["source"]!["reference"]));
        Assert.AreEqual("already_current", (string?)Registry("update").Json["reason"]);

        Assert.AreEqual(0, Run("trust", "registry", "remove", _server.Origin, "--reason", "test").ExitCode);
        Assert.AreEqual("policy.registry-key", (string?)Registry("update").Json["error"]!["code"]);
    }

    [TestMethod]
    public void KeyForOnce_IsNotKept()
    {
        Assert.AreEqual(0, Registry("install", "--registry-key", PublicKey).ExitCode);
        Assert.AreEqual("policy.registry-key", (string?)Registry("update").Json["error"]!["code"]);
    }

    [TestMethod]
    public void WrongAddresses_AndFiles_AreToldAtOnce()
    {
        Assert.AreEqual("policy.registry-key", (string?)Run("skills", "install", "--registry-url", "http://localhost/", "--skill-id", "acme.text").Json["error"]!["code"], "this machine needs no certificate, and a key as everybody else");
        Assert.AreEqual("usage.registry", (string?)Run("skills", "install", "--registry-url", "http://registry.example/", "--skill-id", "acme.text").Json["error"]!["code"]);
        Assert.AreEqual("usage.registry", (string?)Run("skills", "install", "--registry-url", "nonsense", "--skill-id", "acme.text").Json["error"]!["code"]);
        Assert.AreEqual("usage.registry", (string?)Run("skills", "install", "--registry-url", "https://localhost/", "--registry-dir", _folder, "--skill-id", "acme.text").Json["error"]!["code"]);
        Assert.AreEqual("usage.registry", (string?)Run("trust", "registry", "add", "http://registry.example=" + PublicKey, "--reason", "test").Json["error"]!["code"]);
        File.WriteAllText(Roots, "no certificate");
        Assert.AreEqual((5, "environment.file"), Registry("install", "--registry-key", PublicKey) is var (code, json) ? (code, (string?)json["error"]!["code"]) : default);
        Assert.AreEqual((5, "environment.network"), Run("skills", "install", "--registry-url", "https://localhost:1/", "--registry-key", PublicKey, "--skill-id", "acme.text") is var (exit, told) ? (exit, (string?)told["error"]!["code"]) : default);
    }
}
