using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.Library.Registries;
using PluginHost.Skills;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Manifests;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Libraries;

/// <summary>A registry behind an address: it can withhold, and nothing else.</summary>
[TestClass]
public class RemoteRegistryTests : IDisposable
{
    private static readonly SigningKey Key = SigningKey.Generate();
    private static readonly string PublicKey = Convert.ToHexStringLower(Key.PublicKey);
    private readonly TemporaryFolder _folder = new();
    private readonly HttpsFolder _server = new();

    public RemoteRegistryTests() => StateRoot.Create(State);

    private string State => _folder["state"];

    public virtual void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What several machines share; null for files.</summary>
    private protected virtual ISharedState? Shared() => null;

    private protected virtual void Configure(SkillHostOptions options) => options.StateDirectory = State;

    private SkillHost Host() => TestHosts.Create(Configure);

    private SkillRegistry Registry(string? key = null, string path = "/index.json") => SkillRegistry.Https(_server.At(path), key ?? PublicKey, _server.Roots);

    private TrustOffice Office() => new(StateRoot.Open(State), null, "tester", Shared());

    private RegistryEntry Offer(string version, string? at = null, string id = "acme.test")
    {
        var bytes = new TestPackage { Version = version, Id = id }.Build();
        var name = at ?? $"packages/{id}-{version}.palyra-skill";
        _server.Files["/" + name] = bytes;
        return new RegistryEntry(id, SkillVersion.Parse(version)!.Value, "acme", name, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }

    private byte[] Publish(long time = 1_000, string path = "/index.json", string? next = null, params RegistryEntry[] entries) =>
        _server.Files[path] = new RegistryPage { GeneratedAtUnixMs = time, Entries = [.. entries], NextPage = next }.Sign("registry", Key, DateTimeOffset.UnixEpoch);

    private async Task<string> Install(SkillRegistry? registry = null, string? version = null)
    {
        await using var host = Host();
        try
        {
            return (await host.Library.InstallAsync(registry ?? Registry(), "acme.test", version)).Version;
        }
        catch (SkillException e)
        {
            return e.Code;
        }
        catch (IOException)
        {
            return "io";
        }
    }

    [TestMethod]
    public async Task SkillOfARegistry_IsInstalled_AndUpdated()
    {
        Publish(entries: [Offer("1.9.0"), Offer("1.10.0")]);
        Assert.AreEqual("1.9.0", await Install(version: "1.9.0"));

        await using var host = Host();
        Assert.AreEqual("1.10.0", (await host.Library.UpdateAsync(Registry(), "acme.test"))!.Version);
        Assert.IsNull(await host.Library.UpdateAsync(Registry(), "acme.test"));
        var source = host.Library.Skills.Find("acme.test", null).Installed!.Source;
        Assert.AreEqual(("remote_registry", $"{_server.Origin}/packages/acme.test-1.10.0.palyra-skill"), (source.Kind, source.Reference));
        Assert.AreEqual("hi", (await (await host.LoadInstalledSkillAsync("acme.test")).CallAsync("acme.run", "hi")).Text);
    }

    [TestMethod]
    public async Task PagesAndPackages_AreFound_WhereverOnTheOriginTheyAre()
    {
        Publish(path: "/a/index.json", next: "../b/second.json?page=2", entries: [Offer("1.0.0", "a/packages/one.palyra-skill") with { Artifact = "packages/one.palyra-skill" }]);
        Publish(path: "/b/second.json?page=2", entries: [Offer("1.1.0", "b/two.palyra-skill") with { Artifact = "/b/two.palyra-skill" }]);

        Assert.AreEqual("1.1.0", await Install(Registry(path: "/a/index.json")));
    }

    [TestMethod]
    public async Task EvidenceBesideAPackage_ComesWithIt_AndNothingFailsWithoutIt()
    {
        var entry = Offer("1.0.0");
        Publish(entries: [entry]);
        _server.Files[$"/{entry.Artifact}.intoto.jsonl"] = Encoding.UTF8.GetBytes("{\"payloadType\":\"x\",\"payload\":\"\",\"signatures\":[]}\n");
        Assert.AreEqual("1.0.0", await Install());
        CollectionAssert.AreEqual(_server.Files[$"/{entry.Artifact}.intoto.jsonl"], File.ReadAllBytes(Path.Combine(State, "skills", "acme.test", "1.0.0", "artifact.palyra-skill.intoto.jsonl")));

        entry = Offer("1.1.0");
        Publish(entries: [entry]);
        _server.Answers[$"/{entry.Artifact}.intoto.jsonl"] = "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        Assert.AreEqual("1.1.0", await Install());
        entry = Offer("1.2.0");
        Publish(entries: [entry]);
        _server.Files[$"/{entry.Artifact}.intoto.jsonl"] = new byte[40_000_000];
        Assert.AreEqual("1.2.0", await Install());
    }

    [TestMethod]
    public async Task KeyOfTheRegistry_IsTheOneThatTheStateKnows()
    {
        Publish(entries: [Offer("1.0.0")]);
        var unnamed = SkillRegistry.Https(_server.At("/index.json"), null, _server.Roots);
        Assert.AreEqual("policy.registry-key", await Install(unnamed));

        Office().AddRegistry(_server.Origin, PublicKey, "test");

        Assert.AreEqual("1.0.0", await Install(unnamed));
        Assert.AreEqual("policy.registry-key", await Install(Registry(Convert.ToHexStringLower(SigningKey.Generate().PublicKey))), "another one than the state knows");
    }

    [TestMethod]
    public async Task IndexOfAnotherKey_IsRefused()
    {
        Publish(entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry-key", await Install(Registry(Convert.ToHexStringLower(SigningKey.Generate().PublicKey))));
    }

    [TestMethod]
    public async Task KeyWithAnotherRole_SignsNoIndex_AndRegistrysKeySignsNoPackage()
    {
        _server.Files["/index.json"] = new RegistryPage { GeneratedAtUnixMs = 1, Entries = [Offer("1.0.0")] }.Sign("registry", TestHosts.Key, DateTimeOffset.UnixEpoch);
        Assert.AreEqual("policy.registry-key", await Install(Registry(Convert.ToHexStringLower(TestHosts.Key.PublicKey))), "the key of a publisher");

        Office().AddOperator("ops", PublicKey, "test");
        Publish(entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry-key", await Install(), "the key of an operator");
        Assert.ThrowsExactly<FormatException>(() => Office().AddRegistry(_server.Origin, PublicKey, "test"));
    }

    [TestMethod]
    public async Task RegistrysKey_IsNoPublishersAndNoOperators()
    {
        Office().AddRegistry("https://other.test", Convert.ToHexStringLower(TestHosts.Key.PublicKey), "test");

        await using var host = Host();
        Assert.AreEqual("trust.key-role", Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(new TestPackage().Write(_folder))).Code);
        Assert.ThrowsExactly<FormatException>(() => Office().AddOperator("ops", Convert.ToHexStringLower(TestHosts.Key.PublicKey), "test"));
    }

    [TestMethod]
    public async Task OlderIndex_ThanOneThatWasAccepted_IsRefused()
    {
        Office().AddRegistry(_server.Origin, PublicKey, "test");
        var old = Publish(1_000, entries: [Offer("1.0.0")]);
        await Install();
        Publish(2_000, entries: [Offer("1.0.0"), Offer("1.1.0")]);
        Assert.AreEqual("1.1.0", await Install());

        _server.Files["/index.json"] = old;

        Assert.AreEqual("policy.registry-stale", await Install(version: "1.0.0"));
        Publish(2_000, entries: [Offer("1.2.0")]);
        Assert.AreEqual("1.2.0", await Install());
    }

    [TestMethod]
    public async Task PagesOfDifferentTimes_AreNoIndex()
    {
        Publish(2_000, next: "/second.json", entries: [Offer("1.1.0")]);
        Publish(1_000, path: "/second.json", entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry-stale", await Install());
    }

    [TestMethod]
    public async Task IndexesOfOneOrigin_HaveTimesOfTheirOwn()
    {
        Office().AddRegistry(_server.Origin, PublicKey, "test");
        Publish(2_000, "/nightly.json", entries: [Offer("1.1.0")]);
        Publish(1_000, "/stable.json", entries: [Offer("1.0.0")]);
        Assert.AreEqual("1.1.0", await Install(Registry(path: "/nightly.json")));
        Assert.AreEqual("trust.downgrade", await Install(Registry(path: "/stable.json")), "its index is accepted");
        Publish(1_000, "/nightly.json", entries: [Offer("1.2.0")]);
        Assert.AreEqual("policy.registry-stale", await Install(Registry(path: "/nightly.json")));
    }

    [TestMethod]
    public async Task KeyThatWasRevoked_Exchanged_OrRemoved_CountsNoMore()
    {
        Publish(1_000, entries: [Offer("1.0.0")]);
        var unnamed = SkillRegistry.Https(_server.At("/index.json"), null, _server.Roots);
        Office().AddRegistry(_server.Origin, PublicKey, "test");
        Assert.AreEqual("1.0.0", await Install(unnamed));

        Office().RemoveRegistry(_server.Origin, "test");
        Assert.AreEqual("policy.registry-key", await Install(unnamed));
        Office().AddRegistry(_server.Origin, PublicKey, "again");
        Publish(500, entries: [Offer("1.1.0")]);
        Assert.AreEqual("policy.registry-stale", await Install(unnamed), "how far it had come was not forgotten");

        var next = Convert.ToHexStringLower(SigningKey.Generate().PublicKey);
        Office().AddRegistry(_server.Origin, next, "test");
        Publish(2_000, entries: [Offer("1.2.0")]);
        Assert.AreEqual("policy.registry-key", await Install(unnamed));
        Assert.ThrowsExactly<FormatException>(() => Office().AddRegistry(_server.Origin, PublicKey, "test"), "another took its place");
        Assert.ThrowsExactly<FormatException>(() => Office().AddOperator("ops", PublicKey, "test"), "and it gets no other role");

        Office().RemoveRegistry(_server.Origin, "test");
        Office().RevokeKey(next, "stolen", []);
        Assert.AreEqual("policy.registry-key", await Install(Registry(next)));
    }

    [TestMethod]
    public async Task KeyThatSignsTheIndex_SignsNoPackage()
    {
        // The publisher's own key signs the index, too, and nobody has met it yet.
        var bytes = new TestPackage().Build();
        _server.Files["/p"] = bytes;
        var entry = new RegistryEntry("acme.test", SkillVersion.Parse("1.0.0")!.Value, "acme", "p", Convert.ToHexStringLower(SHA256.HashData(bytes)), null);
        _server.Files["/index.json"] = new RegistryPage { GeneratedAtUnixMs = 1, Entries = [entry] }.Sign("registry", TestHosts.Key, DateTimeOffset.UnixEpoch);
        var options = new SkillHostOptions { AllowTrustOnFirstUse = true };
        Configure(options);
        await using var host = SkillHost.Create(options);

        var refused = await Assert.ThrowsExactlyAsync<SkillVerificationException>(() => host.Library.InstallAsync(Registry(Convert.ToHexStringLower(TestHosts.Key.PublicKey)), "acme.test"));

        Assert.AreEqual("trust.key-role", refused.Code);
    }

    [TestMethod]
    public async Task RegistryThatIsRefused_IsOnRecord()
    {
        Publish(entries: [Offer("1.0.0")]);
        await Install(Registry(Convert.ToHexStringLower(SigningKey.Generate().PublicKey)));
        StringAssert.Contains(string.Concat(Directory.EnumerateFiles(Path.Combine(State, "audit"), "*.jsonl").Select(File.ReadAllText)), "\"code\":\"policy.registry-key\",\"skill\":\"acme.test\"");
    }

    [TestMethod]
    public async Task OneRegistry_ServesManyAtOnce()
    {
        Publish(entries: [.. Enumerable.Range(0, 8).Select(i => Offer("1.0.0", id: $"acme.s{i}"))]);
        var registry = Registry();
        await using var host = TestHosts.Create(options => { Configure(options); options.Limits.ConcurrentLoads = 32; });
        var codes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => host.Library.InstallAsync(registry, $"acme.s{i}"))));
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 8).Select(i => $"acme.s{i}").ToList(), codes.Select(entry => entry.SkillId).ToList());
    }

    [TestMethod]
    public async Task IndexOfTheFuture_IsRefused()
    {
        Publish(DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeMilliseconds(), entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry-stale", await Install());
    }

    [TestMethod]
    [DataRow("skill_id", "\"acme.tesu\"")]
    [DataRow("version", "\"1.0.1\"")]
    [DataRow("publisher", "\"acmf\"")]
    [DataRow("artifact", "\"other\"")]
    [DataRow("artifact_bytes", "7")]
    [DataRow("artifact_sha256", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    public async Task EntryThatWasChanged_BreaksTheSignature(string field, string value)
    {
        var index = JsonNode.Parse(Publish(entries: [Offer("1.0.0")]))!;
        index["index"]!["entries"]![0]![field] = JsonNode.Parse(value);
        _server.Files["/index.json"] = Encoding.UTF8.GetBytes(index.ToJsonString());

        Assert.AreEqual("policy.registry-signature", await Install());
    }

    [TestMethod]
    [DataRow("""{"extra":1}""", "")]
    [DataRow("""{"extra":1}""", "index")]
    [DataRow("""{"extra":1}""", "index/entries/0")]
    [DataRow("""{"schema_version":2}""", "")]
    [DataRow("""{"schema_version":2}""", "index")]
    [DataRow("""{"generated_at_unix_ms":-1}""", "index")]
    [DataRow("""{"generated_at_unix_ms":9223372036854775807}""", "index")]
    [DataRow("""{"entries":{}}""", "index")]
    [DataRow("""{"entries":[7]}""", "index")]
    [DataRow("""{"version":"01.0.0"}""", "index/entries/0")]
    [DataRow("""{"version":"x"}""", "index/entries/0")]
    [DataRow("""{"artifact_bytes":-1}""", "index/entries/0")]
    [DataRow("""{"artifact":""}""", "index/entries/0")]
    [DataRow("""{"artifact_sha256":"AA"}""", "index/entries/0")]
    [DataRow("""{"skill_id":7}""", "index/entries/0")]
    public async Task IndexOfAnotherForm_IsRefused(string change, string place)
    {
        var index = JsonNode.Parse(Publish(entries: [Offer("1.0.0")]))!;
        var at = place.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(index, (node, step) => int.TryParse(step, out var i) ? node[i]! : node[step]!);
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            at[name] = value?.DeepClone();
        }

        _server.Files["/index.json"] = Encoding.UTF8.GetBytes(index.ToJsonString());

        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    public async Task IndexThatIsWrittenOtherwise_SaysTheSame()
    {
        // Pretty, in another order, with escapes that nobody needs: the signature is over the canonical text.
        var entry = Offer("1.0.0", "packages/ä b\u2028\u007f\"😀.palyra-skill");
        _server.Files["/packages/%C3%A4%20b%E2%80%A8%7F%22%F0%9F%98%80.palyra-skill"] = _server.Files["/" + entry.Artifact];
        var index = JsonNode.Parse(Publish(entries: [entry]))!.AsObject();
        var text = new JsonObject { ["signature"] = index["signature"]!.DeepClone(), ["index"] = index["index"]!.DeepClone(), ["schema_version"] = 1 };
        _server.Files["/index.json"] = Encoding.UTF8.GetBytes(text.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
        StringAssert.Contains(Encoding.UTF8.GetString(_server.Files["/index.json"]), "\\u");

        Assert.AreEqual("1.0.0", await Install());
    }

    /// <summary>Made with Python: json.dumps(index, separators=(",", ":"), ensure_ascii=False), hashlib and an independent Ed25519.</summary>
    [TestMethod]
    public void CanonicalText_IsThatOfPalyrasWriter()
    {
        var page = new RegistryPage
        {
            GeneratedAtUnixMs = 1_700_000_000_000,
            Entries = [new RegistryEntry("acme.x", SkillVersion.Parse("1.0.0")!.Value, "acme", "p/é\"\\\n\u0001\u007f\u2028😀", new string('a', 64), null), new RegistryEntry("acme.y", SkillVersion.Parse("2.0.0")!.Value, "acme", "q", new string('b', 64), 12)],
            NextPage = "next",
        };
        var signed = JsonNode.Parse(page.Sign("registry", Key, DateTimeOffset.UnixEpoch))!;
        var expected = "{\"schema_version\":1,\"generated_at_unix_ms\":1700000000000,\"entries\":[{\"skill_id\":\"acme.x\",\"version\":\"1.0.0\",\"publisher\":\"acme\",\"artifact\":\"p/é\\\"\\\\\\n\\u0001\u007f\u2028😀\",\"artifact_sha256\":\""
            + new string('a', 64) + "\"},{\"skill_id\":\"acme.y\",\"version\":\"2.0.0\",\"publisher\":\"acme\",\"artifact\":\"q\",\"artifact_sha256\":\"" + new string('b', 64) + "\",\"artifact_bytes\":12}],\"next_page\":\"next\"}";
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(expected))), (string?)signed["signature"]!["payload_sha256"]);
    }

    [TestMethod]
    public async Task PackageThatIsNotTheListedOne_IsRefused()
    {
        var entry = Offer("1.0.0");
        Publish(entries: [entry]);
        _server.Files["/" + entry.Artifact] = new TestPackage { Version = "1.0.0", Words = "Other words." }.Build();
        Assert.AreEqual("policy.registry", await Install());

        // Listed under a name that it does not have.
        Publish(entries: [Offer("1.0.0", id: "acme.other") with { SkillId = "acme.test" }]);
        Assert.AreEqual("policy.registry", await Install());
        Publish(entries: [Offer("1.0.0") with { Version = SkillVersion.Parse("3.0.0")!.Value }]);
        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    [DataRow("https://evil.test:PORT/p.palyra-skill")]
    [DataRow("//evil.test:PORT/p.palyra-skill")]
    [DataRow("http://localhost:PORT/p.palyra-skill")]
    [DataRow("https://localhost:1/p.palyra-skill")]
    [DataRow("file:///etc/passwd")]
    [DataRow("https://user@localhost:PORT/p.palyra-skill")]
    [DataRow("https://localhost.evil.test:PORT/p.palyra-skill")]
    [DataRow("data:text/plain,x")]
    public async Task AddressThatLeadsAway_IsRefused(string address)
    {
        address = address.Replace("PORT", _server.At("/").Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Publish(entries: [Offer("1.0.0") with { Artifact = address }]);
        Assert.AreEqual("policy.registry", await Install());
        Publish(next: address, entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    public async Task PagesThatGoRound_OrAreTooMany_AreRefused()
    {
        Publish(next: "/second.json", entries: [Offer("1.0.0")]);
        Publish(path: "/second.json", next: "/index.json", entries: [Offer("1.1.0")]);
        Assert.AreEqual("policy.registry", await Install());

        for (var i = 0; i < 30; i++)
        {
            Publish(path: i == 0 ? "/index.json" : $"/{i}.json", next: $"/{i + 1}.json");
        }

        _server.Requests.Clear();
        Assert.AreEqual("policy.registry", await Install());
        Assert.HasCount(20, _server.Requests);
    }

    [TestMethod]
    public async Task VersionThatIsThereTwice_IsRefused()
    {
        Publish(next: "/second.json", entries: [Offer("1.0.0")]);
        Publish(path: "/second.json", entries: [Offer("1.0.0", "twice.palyra-skill")]);
        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    public async Task Redirect_IsNotFollowed()
    {
        _server.Answers["/index.json"] = "HTTP/1.1 302 Found\r\nLocation: /other.json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        Publish(path: "/other.json", entries: [Offer("1.0.0")]);
        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    public async Task AnswerThatIsTooLarge_IsNotRead()
    {
        _server.Answers["/index.json"] = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n";
        Assert.AreEqual("policy.registry", await Install());
        _server.Answers["/index.json"] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + new string(' ', 3_000_000);
        Assert.AreEqual("policy.registry", await Install());
        _server.Answers.Clear();
        var entry = Offer("1.0.0");
        Publish(entries: [entry]);
        _server.Files["/" + entry.Artifact] = new byte[entry.ArtifactBytes!.Value + 1];
        Assert.AreEqual("policy.registry", await Install());
    }

    [TestMethod]
    public async Task ServerThatFails_OrIsNotTheOne_IsAnErrorOfTheSurroundings()
    {
        Assert.AreEqual("io", await Install(), "there is no index");
        _server.Answers["/index.json"] = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        Assert.AreEqual("io", await Install());
        _server.Answers["/index.json"] = "nonsense\r\n\r\n";
        Assert.AreEqual("io", await Install());
        _server.Answers.Clear();
        Publish(entries: [Offer("1.0.0")]);
        Assert.AreEqual("io", await Install(SkillRegistry.Https(_server.At("/index.json"), PublicKey)), "its certificate comes from nobody that this machine knows");
    }

    [TestMethod]
    public async Task WhatWasRefused_LeavesNothingBehind()
    {
        var entry = Offer("1.0.0");
        Publish(entries: [entry]);
        _server.Files["/" + entry.Artifact][100] ^= 1;
        await Install();
        await using var host = Host();
        Assert.IsEmpty(host.Library.List());
        Assert.IsFalse(Directory.Exists(Path.Combine(State, "skills", "acme.test")));
    }

    [TestMethod]
    public void Address_HasToBeHttps_OrOfThisMachine()
    {
        Assert.ThrowsExactly<ArgumentException>(() => SkillRegistry.Https(new Uri("http://registry.example/index.json"), PublicKey));
        Assert.ThrowsExactly<ArgumentException>(() => SkillRegistry.Https(new Uri("https://me:pw@localhost/index.json"), PublicKey));
        Assert.ThrowsExactly<ArgumentException>(() => SkillRegistry.Https(new Uri("https://localhost/index.json"), PublicKey.ToUpperInvariant()));
    }
}
