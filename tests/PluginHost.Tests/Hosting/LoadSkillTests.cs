using Microsoft.Extensions.Options;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Skills;

namespace PluginHost.Tests.Hosting;

/// <summary>The one gate, from a file to a skill or the refusal of the room that said no.</summary>
[TestClass]
public sealed class LoadSkillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<string> CodeOf(string path, Action<SkillHostOptions>? configure = null, SkillLoadOptions? load = null)
    {
        await using var host = TestHosts.Create(configure);
        var asynchronous = (await Assert.ThrowsAsync<SkillException>(() => host.LoadSkillAsync(path, load))).Code;
        Assert.AreEqual(asynchronous, Assert.Throws<SkillException>(() => host.LoadSkill(path, load)).Code);
        return asynchronous;
    }

    [TestMethod]
    [DataRow("greeter")]
    [DataRow("notes")]
    [DataRow("stats")]
    [DataRow("text")]
    [DataRow("trouble")]
    [DataRow("weather")]
    public async Task Fixture_PassesEveryRoom(string name)
    {
        await using var host = TestHosts.Create();

        var skill = host.LoadSkill(Fixtures.Skill(name));

        Assert.AreEqual("acme." + name, skill.Id);
        Assert.IsTrue(skill.Tools.All(tool => tool.Id.StartsWith("acme." + name, StringComparison.Ordinal)));
        CollectionAssert.AreEqual(
            new[] { "archive", "manifest", "signature", "integrity", "trust", "sbom", "provenance", "inspection", "policy", "consent", "attestations", "scan" },
            skill.Verification.Checks.Where(check => check.Status == SkillCheckStatus.Passed).Select(check => check.Name).ToArray());
        Assert.AreEqual(SkillCheckStatus.NotAsked, skill.Verification.Checks.Single(check => check.Name == "vulnerabilities").Status);
    }

    [TestMethod]
    public async Task Consent_SeesWhoSignsWhatIsAskedAndThePayload()
    {
        ConsentRequest? seen = null;
        await using var host = TestHosts.Create(options => options.Consent = (request, _) =>
        {
            seen = request;
            return ValueTask.FromResult(ConsentDecision.Accept);
        });

        var skill = await host.LoadSkillAsync(Fixtures.Skill("weather"));

        Assert.AreEqual("acme", seen!.Publisher);
        Assert.AreEqual(TestHosts.Key.KeyId, seen.KeyId);
        Assert.AreEqual(skill.PayloadDigest, seen.PayloadDigest);
        CollectionAssert.AreEqual(
            new[]
            {
                (Capability.HttpEgress, "https://api.weather.test:443/v1/", "GET; the host adds secret skill:acme.weather/API_TOKEN as header Authorization"),
                (Capability.SecretsUse, "skill:acme.weather/API_TOKEN", "used by the host; the skill never sees the value"),
            },
            seen.Capabilities.Select(asked => (asked.Capability, asked.Resource, asked.Detail)).ToArray());
    }

    [TestMethod]
    public async Task Consent_Absent_IsRefused() => Assert.AreEqual("consent.nobody", await CodeOf(Fixtures.Skill("greeter"), options => options.Consent = null));

    [TestMethod]
    public async Task Consent_Refused_IsRefused() => Assert.AreEqual(
        "consent.refused", await CodeOf(Fixtures.Skill("greeter"), options => options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Refuse)));

    [TestMethod]
    public async Task Consent_ThatWaits_IsRefusedByTheSyncLoad_AndAwaitedByTheOther()
    {
        var answer = new TaskCompletionSource<ConsentDecision>();
        var tokens = new List<CancellationToken>();
        await using var host = TestHosts.Create(options => options.Consent = (_, token) =>
        {
            tokens.Add(token);
            return new ValueTask<ConsentDecision>(answer.Task);
        });

        var refused = Assert.Throws<SkillConsentException>(() => host.LoadSkill(Fixtures.Skill("greeter")));
        Assert.AreEqual("consent.needs-waiting", refused.Code);
        Assert.AreEqual("acme.greeter", refused.Request.SkillId);
        Assert.IsTrue(tokens[0].IsCancellationRequested);

        var load = host.LoadSkillAsync(Fixtures.Skill("greeter"));
        Assert.IsFalse(load.IsCompleted);
        answer.SetResult(ConsentDecision.Accept);
        Assert.AreEqual("acme.greeter", (await load).Id);
    }

    [TestMethod]
    public async Task ConsentTime_IsNotTheLoadsTime()
    {
        await using var host = TestHosts.Create(options =>
        {
            options.Limits.LoadTime = TimeSpan.FromSeconds(2);
            options.Consent = async (_, token) =>
            {
                await Task.Delay(2500, token);
                return ConsentDecision.Accept;
            };
        });

        Assert.AreEqual("acme.greeter", (await host.LoadSkillAsync(Fixtures.Skill("greeter"))).Id);
    }

    [TestMethod]
    public async Task Publisher_NobodyVouchedFor_IsRefused() =>
        Assert.AreEqual("trust.unknown-publisher", await CodeOf(Fixtures.Skill("greeter"), options => options.TrustedPublishers.Clear()));

    [TestMethod]
    public async Task Key_NotListed_IsRefused_EvenWithFirstUse() => Assert.AreEqual("trust.key-not-listed", await CodeOf(Fixtures.Skill("greeter"), options =>
    {
        options.TrustedPublishers["acme"] = [new string('a', 64)];
        options.AllowTrustOnFirstUse = true;
    }));

    [TestMethod]
    public async Task FlippedByte_Anywhere_IsRefusedOrChangesNothing()
    {
        var original = File.ReadAllBytes(Fixtures.Skill("greeter"));
        var path = _folder["flipped"];
        await using var host = TestHosts.Create();
        var untouched = host.LoadSkill(Fixtures.Skill("greeter")).PayloadDigest;
        var random = new Random(7);
        for (var i = 0; i < 400; i++)
        {
            var bytes = (byte[])original.Clone();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                Assert.AreEqual(untouched, host.LoadSkill(path).PayloadDigest);
            }
            catch (SkillVerificationException)
            {
            }
        }
    }

    [TestMethod]
    [DataRow("device_capabilities = [\"camera\"]", "policy.device")]
    [DataRow("node_capabilities = [\"exec\"]", "policy.device")]
    [DataRow("http_egress_allowlist = [\"*.example.com\"]\n[capabilities.wildcard_opt_in]\nhttp_egress = true", "policy.wildcard")]
    [DataRow("[capabilities.filesystem]\nread_roots = [\"assets\"]", "policy.root")]
    public async Task Request_ThatThisHostNeverGrants_IsRefused(string capabilities, string code) =>
        Assert.AreEqual(code, await CodeOf(new TestPackage { Manifest = "[capabilities]\n" + capabilities }.Write(_folder)));

    [TestMethod]
    [DataRow("required_protocol_major = 2\nmin_palyra_version = \"0.1.0\"", "policy.protocol")]
    [DataRow("required_protocol_major = 1\nmin_palyra_version = \"0.2.0\"", "policy.palyra-version")]
    [DataRow("required_protocol_major = 1\nmin_palyra_version = \"0.0.1\"\nmax_palyra_version = \"0.0.9\"", "policy.palyra-version")]
    public async Task Compatibility_WithAnotherHost_IsRefused(string compatibility, string code) =>
        Assert.AreEqual(code, await CodeOf(new TestPackage { Compatibility = compatibility }.Write(_folder)));

    [TestMethod]
    public async Task Tools_OfTwoModules_NeedToBeToldApart()
    {
        var package = new TestPackage { Modules = new() { ["a"] = TestPackage.Echo, ["b"] = TestPackage.Echo } };
        Assert.AreEqual("inspection.tool-module", await CodeOf(package.Write(_folder)));

        await using var host = TestHosts.Create();
        var path = (package with { Capabilities = "[tools.\"acme.run\"]\nmodule = \"modules/b.wasm\"" }).Write(_folder);
        Assert.AreEqual("hi", (await host.LoadSkill(path).CallAsync("acme.run", "hi")).Text);
    }

    [TestMethod]
    public async Task DefaultTool_TakesModuleAndEntrypointOfTheManifest()
    {
        var package = new TestPackage
        {
            Tools = ["first"],
            Modules = new() { ["a"] = TestPackage.Echo, ["b"] = TestPackage.Echo },
            Manifest = "[operator.plugin]\ndefault_tool_id = \"acme.first\"\ndefault_module_path = \"modules/a.wasm\"\ndefault_entrypoint = \"run\"",
        };
        await using var host = TestHosts.Create();

        Assert.AreEqual("hi", (await host.LoadSkill(package.Write(_folder)).CallAsync("acme.first", "hi")).Text);
    }

    [TestMethod]
    [DataRow("(module (func (export \"run\") (result i32) (i32.const 0)))", "inspection.tool-abi")]
    [DataRow("(module (import \"extism:host/env\" \"alloc\" (func (param i64) (result i64))))", "inspection.export")]
    [DataRow("(module (import \"extism:host/env\" \"alloc\" (func (param i64) (result i64))) (func (export \"run\") (param i32)))", "inspection.export")]
    [DataRow("(module (import \"extism:host/env\" \"reboot\" (func)) (func (export \"run\")))", "inspection.import")]
    [DataRow("(module (import \"extism:host/env\" \"alloc\" (func (param i32) (result i64))) (func (export \"run\")))", "inspection.import")]
    [DataRow("(module (import \"extism:host/env\" \"alloc\" (func (param i64) (result i64))) (import \"extism:host/user\" \"f\" (func)) (func (export \"run\")))", "inspection.import")]
    [DataRow("(module (import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32))) (func (export \"run\")))", "inspection.tool-abi")]
    public async Task Module_ThatServesNoTool_IsRefusedAtLoad(string module, string code) =>
        Assert.AreEqual(code, await CodeOf(new TestPackage { Modules = new() { ["m"] = module } }.Write(_folder)));

    [TestMethod]
    public async Task FirstUse_IsPinnedInTheState_OnlyAfterTheWholeLoad()
    {
        var root = State.StateRoot.Create(_folder["state"]).Root;
        Action<SkillHostOptions> configure = options =>
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
            options.StateDirectory = root.Path;
        };
        var before = File.ReadAllText(root.TrustStore);

        Assert.AreEqual("consent.nobody", await CodeOf(Fixtures.Skill("greeter"), configure + (options => options.Consent = null)));
        Assert.AreEqual("policy.device", await CodeOf(new TestPackage { Manifest = "[capabilities]\ndevice_capabilities = [\"camera\"]" }.Write(_folder), configure));
        Assert.AreEqual("inspection.import", await CodeOf(new TestPackage
        {
            Modules = new() { ["m"] = "(module (import \"extism:host/env\" \"reboot\" (func)) (func (export \"run\")))" },
        }.Write(_folder), configure));
        Assert.AreEqual(before, File.ReadAllText(root.TrustStore));

        await using (var host = TestHosts.Create(configure))
        {
            host.LoadSkill(Fixtures.Skill("greeter"));
        }

        StringAssert.Contains(File.ReadAllText(root.TrustStore), Convert.ToHexStringLower(TestHosts.Key.PublicKey));
        await using (var host = TestHosts.Create(configure + (options => options.AllowTrustOnFirstUse = false)))
        {
            Assert.AreEqual("the key is the one first met, and pinned since", host.LoadSkill(Fixtures.Skill("greeter")).Verification.Checks.Single(check => check.Name == "trust").Detail);
        }
    }

    [TestMethod]
    public async Task Refusal_IsOnRecord()
    {
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Consent = null;
        }))
        {
            Assert.Throws<SkillConsentException>(() => host.LoadSkill(Fixtures.Skill("greeter")));
        }

        StringAssert.Contains(File.ReadAllText(_folder["log"]), "\"type\":\"refusal\",\"code\":\"consent.nobody\",\"skill\":\"acme.greeter\",\"version\":\"1.0.0\",\"payload\":\"");
    }

    [TestMethod]
    public async Task Load_IsOnRecord_AndTheLogVerifies()
    {
        string head;
        await using (var host = TestHosts.Create(options => options.AuditFile = _folder["log"]))
        {
            await host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.greet", "World", new CallContext { Principal = "amina" });
            head = host.AuditHead;
        }

        using var log = File.OpenRead(_folder["log"]);
        Assert.IsTrue(AuditVerifier.Verify(log, head).EndProven);
        var text = File.ReadAllText(_folder["log"]);
        StringAssert.Contains(text, "\"type\":\"load\"");
        StringAssert.Contains(text, "\"tool\":\"acme.greeter.greet\",\"context\":{\"principal\":\"amina\"}");
    }

    [TestMethod]
    public void StateDirectory_ThatIsMissing_IsRefused_NotMade()
    {
        var code = Assert.Throws<SkillStateException>(() => TestHosts.Create(options => options.StateDirectory = _folder["none"])).Code;

        Assert.AreEqual("state.missing", code);
        Assert.IsFalse(Directory.Exists(_folder["none"]));
    }

    [TestMethod]
    public void TrustStore_ThatWasDeleted_IsRefused_NotTakenForEmpty()
    {
        var root = State.StateRoot.Create(_folder["state"]).Root;
        File.Delete(root.TrustStore);

        Assert.AreEqual("state.missing", Assert.Throws<SkillStateException>(() => TestHosts.Create(options => options.StateDirectory = root.Path)).Code);
    }

    [TestMethod]
    public void Options_ThatAreWrong_AreToldTogether()
    {
        var failures = Assert.Throws<OptionsValidationException>(() => TestHosts.Create(options =>
        {
            options.Limits.CallFuel = 0;
            options.Limits.CallTime = TimeSpan.FromMilliseconds(1);
            options.Resolve["nowhere"] = "x";
            options.TrustedPublishers["acme"] = ["short"];
        })).Failures.ToList();

        Assert.HasCount(4, failures);
    }

    [TestMethod]
    public async Task Load_OfAMissingFile_IsAnIOException()
    {
        await using var host = TestHosts.Create();

        await Assert.ThrowsAsync<IOException>(() => host.LoadSkillAsync(_folder["none"]));
    }

    [TestMethod]
    public async Task Loads_BeyondTheLimit_AreRefused_AndComeBack()
    {
        await using var host = TestHosts.Create(options => options.Limits.ConcurrentLoads = 1);
        using var counted = new Limits.LimitEvents();
        var loads = Enumerable.Range(0, 20).Select(_ => Task.Run(() => host.LoadSkill(Fixtures.Skill("text")))).ToArray();
        await Task.WhenAll(loads.Select(load => load.ContinueWith(_ => { }, TaskScheduler.Default)));

        foreach (var load in loads.Where(load => load.IsFaulted))
        {
            Assert.AreEqual("limit.concurrency", ((SkillException)load.Exception!.InnerException!).Code);
        }

        Assert.IsTrue(loads.Any(load => load.IsCompletedSuccessfully));
        Assert.AreEqual(loads.Any(load => load.IsFaulted), counted.Seen.Contains(" loads OnLimitRejected"));
        Assert.AreEqual("acme.text", host.LoadSkill(Fixtures.Skill("text")).Id);
    }

    [TestMethod]
    public async Task Disposed_TakesNothingMore()
    {
        var host = TestHosts.Create();
        var skill = host.LoadSkill(Fixtures.Skill("greeter"));
        await host.DisposeAsync();
        await host.DisposeAsync();
        await skill.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => skill.CallAsync("acme.greeter.greet", ""));
        Assert.Throws<ObjectDisposedException>(() => host.LoadSkill(Fixtures.Skill("greeter")));
    }
}
