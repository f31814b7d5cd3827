using System.Text.Json;
using PluginHost.Skills.Cryptography;
using PluginHost.Tests;

namespace PluginHost.Cli.Tests;

/// <summary>A package, and the people who say something of it.</summary>
internal sealed class VettingScene : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public VettingScene()
    {
        foreach (var (name, seed) in new[] { ("auditor", 21), ("voucher", 22), ("builder", 23), ("log", 24), ("stranger", 25) })
        {
            File.WriteAllBytes(this[name], [.. Enumerable.Repeat((byte)seed, 32)]);
        }

        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "test-key.pem"), this["author"]);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "orders.palyra-skill"), Package);
    }

    public string Package => this["orders.palyra-skill"];

    public string this[string name] => _folder[name];

    public string KeyOf(string name) => Convert.ToHexStringLower(SigningKey.Read(File.ReadAllBytes(this[name]), () => null).PublicKey);

    public void Dispose() => _folder.Dispose();

    /// <summary>Signs a link.</summary>
    /// <returns>Its id.</returns>
    public static string Attest(params string[] arguments)
    {
        var run = Invocation.Run(["attest", .. arguments, "--json"]);
        Assert.AreEqual(0, run.ExitCode, run.Output + run.Error);
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("link").GetString()!;
    }

    public string Policy(string more = "", string name = "policy.toml")
    {
        File.WriteAllText(this[name], $"""
            schema = 1
            [trusted_publishers]
            acme = ["{KeyOf("author")}"]
            [chain]
            {(File.Exists(this["logs"]) ? $"log_policy = \"{this["logs"]}\"" : "")}
            {(File.Exists(this["trust.intoto.jsonl"]) ? $"trust_bundle = \"{this["trust.intoto.jsonl"]}\"" : "")}
            [[chain.narrators]]
            key = "{KeyOf("auditor")}"
            name = "ops"
            role = "auditor"
            [[chain.narrators]]
            key = "{KeyOf("voucher")}"
            name = "desk"
            role = "voucher"
            {more}
            """);
        return this[name];
    }

    public JsonElement Explain(string? policy = null, int exitCode = 0)
    {
        var run = Invocation.Run("skills", "explain", Package, "--policy", policy ?? Policy(), "--json");
        Assert.AreEqual(exitCode, run.ExitCode, run.Output + run.Error);
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
