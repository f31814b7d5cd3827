using PluginHost.Capabilities;
using PluginHost.Skills;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Http;

namespace PluginHost.Tests.Hosting;

/// <summary>Calls of loaded skills: what they get, and how they are stopped.</summary>
[TestClass]
public sealed class CallSkillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public async Task Tools_OfFourLanguages_Answer()
    {
        await using var host = TestHosts.Create();

        Assert.AreEqual("Hello, World!", (await host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.greet", "World")).Text);
        Assert.AreEqual("HELLO", (await host.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.shout", "hello")).Text);
        Assert.AreEqual("4 words, 16 letters\n", (await host.LoadSkill(Fixtures.Skill("notes")).CallAsync("acme.notes.count", "the quick brown fox")).Text);
        Assert.AreEqual(
            """{"count":3,"sum":6.5,"mean":2.1666666666666665,"min":1,"max":3.5}""",
            (await host.LoadSkill(Fixtures.Skill("stats")).CallAsync("acme.stats.summarize", """{"values": [1, 2, 3.5]}""")).Text);
    }

    [TestMethod]
    public async Task Fetch_FromTheGrantedHost_CarriesTheSecret()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        await using var host = Weather(server.Port);

        var result = await host.LoadSkill(Fixtures.Skill("weather")).CallAsync("acme.weather.today", "Cairo");

        Assert.AreEqual("""{"status":200,"body":"sunny"}""", result.Text);
        StringAssert.Contains(server.Requests[0], "Authorization: Bearer t0ken\r\n");
    }

    [TestMethod]
    [DataRow("https://evil.test/", "the host is not granted")]
    [DataRow("https://api.weather.test/v2/x", "the path is not at or below /v1/")]
    [DataRow("http://api.weather.test/v1/x", "the scheme http is not granted, https is")]
    public async Task Fetch_OfAnythingElse_IsDenied_WithTheSmallestGrant(string url, string rule)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));
        await using var host = Weather(server.Port);

        var denied = await Assert.ThrowsAsync<CapabilityDeniedException>(() => host.LoadSkill(Fixtures.Skill("weather")).CallAsync("acme.weather.anywhere", url));

        Assert.AreEqual(("acme.weather", "acme.weather.anywhere", Capability.HttpEgress, rule), (denied.Skill, denied.Tool, denied.Capability, denied.Rule));
        StringAssert.StartsWith(denied.SmallestGrant, "http_egress_allowlist with");
        Assert.AreEqual(denied.Resource, denied.Receipt!.Denials.Single().Resource);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task Secret_OfAnotherScope_LooksLikeAnUnknownOne()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));
        var package = WeatherPackage("principal:amina", "TOKEN");
        await using var host = Weather(server.Port);
        var skill = host.LoadSkill(package.Write(_folder));

        var stranger = await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.today", "x", new CallContext { Principal = "bob" }));
        Assert.AreEqual((Capability.SecretsUse, "the secret is unknown or not granted"), (stranger.Capability, stranger.Rule));
        await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.today", "x"));
        Assert.IsEmpty(server.Requests);

        await skill.CallAsync("acme.today", "x", new CallContext { Principal = "amina" });
        StringAssert.Contains(server.Requests[0], "X-Key: t0ken\r\n");
    }

    [TestMethod]
    public async Task Secret_OfAnotherSkill_IsDenied()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));
        await using var host = Weather(server.Port);
        var skill = host.LoadSkill(WeatherPackage("skill:acme.weather", "API_TOKEN").Write(_folder));

        Assert.AreEqual(Capability.SecretsUse, (await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.today", "x"))).Capability);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task Files_LiveFromCallToCall_AndAreTheSkillsOwn()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Fixtures.Skill("notes"));
        await skill.CallAsync("acme.notes.append", "one");
        await skill.CallAsync("acme.notes.append", "two");

        Assert.AreEqual("one\ntwo\n", (await skill.CallAsync("acme.notes.show", "")).Text);
        await using var other = TestHosts.Create();
        Assert.AreEqual(1, (await Assert.ThrowsAsync<SkillGuestException>(() => other.LoadSkill(Fixtures.Skill("notes")).CallAsync("acme.notes.show", ""))).ExitCode);
    }

    [TestMethod]
    public async Task Variables_LiveInTheStateDirectory_ForEveryHostOnIt()
    {
        var state = State.StateRoot.Create(_folder["state"]).Root;
        await using (var first = TestHosts.Create(options => options.StateDirectory = state.Path))
        {
            Assert.AreEqual("(nothing)", (await first.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.remember", "one")).Text);
        }

        await using var second = TestHosts.Create(options => options.StateDirectory = state.Path);
        await using var third = TestHosts.Create(options => options.StateDirectory = state.Path);
        Assert.AreEqual("one", (await second.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.remember", "two")).Text);
        Assert.AreEqual("two", (await third.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.remember", "three")).Text);
        await using var elsewhere = TestHosts.Create();
        Assert.AreEqual("(nothing)", (await elsewhere.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.remember", "")).Text);
    }

    [TestMethod]
    [DataRow("{\"last\":")]
    [DataRow("{\"last\":null}")]
    [DataRow("null")]
    public async Task Variables_ThatSomebodyDamaged_EndTheCall_AndStay(string damaged)
    {
        var state = State.StateRoot.Create(_folder["state"]).Root;
        File.WriteAllText(state.VariablesOf("acme", "acme.text"), damaged);
        await using var host = TestHosts.Create(options => options.StateDirectory = state.Path);

        Assert.AreEqual("state.variables", (await Assert.ThrowsAsync<SkillStateException>(() => host.LoadSkill(Fixtures.Skill("text")).CallAsync("acme.text.remember", "x"))).Code);
        Assert.AreEqual(damaged, File.ReadAllText(state.VariablesOf("acme", "acme.text")));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Variables_OfManyWriters_LoseNothing()
    {
        var path = _folder["variables.json"];
        var stores = Enumerable.Range(0, 4).Select(_ => new Capabilities.Variables.FileVariableStore(path)).ToArray();

        Parallel.For(0, 80, i => Assert.IsTrue(stores[i % 4].TrySet($"k{i}", [(byte)i], 100_000)));

        for (var i = 0; i < 80; i++)
        {
            CollectionAssert.AreEqual(new[] { (byte)i }, stores[0].Get($"k{i}"));
        }

        Assert.IsFalse(stores[1].TrySet("more", new byte[10], 10));
        stores[2].Remove("k0");
        Assert.IsNull(stores[3].Get("k0"));
    }

    [TestMethod]
    public async Task Assets_AreReadableByTheirGuest_WithoutARecord()
    {
        await using (var host = TestHosts.Create(options => options.AuditFile = _folder["log"]))
        {
            StringAssert.StartsWith((await host.LoadSkill(Fixtures.Skill("notes")).CallAsync("acme.notes.help", "")).Text, "append adds a line");
        }

        Assert.IsFalse(File.ReadAllText(_folder["log"]).Contains("filesystem", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task MappedDirectory_StandsInPlaceOfTheRoot()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories are mapped on Linux only");
        }

        Directory.CreateDirectory(_folder["notes"]);
        await using var host = TestHosts.Create();
        var writable = await host.LoadSkillAsync(Fixtures.Skill("notes"), new SkillLoadOptions { Directories = { ["notes"] = new MappedDirectory(_folder["notes"]) } });
        await writable.CallAsync("acme.notes.append", "kept");
        Assert.AreEqual("kept\n", File.ReadAllText(Path.Combine(_folder["notes"], "journal.txt")));

        var readOnly = await host.LoadSkillAsync(Fixtures.Skill("notes"), new SkillLoadOptions { Directories = { ["notes"] = new MappedDirectory(_folder["notes"], IsReadOnly: true) } });
        Assert.AreEqual("kept\n", (await readOnly.CallAsync("acme.notes.show", "")).Text);
        var denied = await Assert.ThrowsAsync<SkillGuestException>(() => readOnly.CallAsync("acme.notes.append", "lost"));
        Assert.AreEqual(Capability.FilesystemWrite, denied.Receipt.Denials.Single().Capability);
        Assert.AreEqual("kept\n", File.ReadAllText(Path.Combine(_folder["notes"], "journal.txt")));
    }

    [TestMethod]
    public async Task MappedDirectory_ThatHoldsTheHostsOwnFiles_IsRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories are mapped on Linux only");
        }

        var state = State.StateRoot.Create(_folder["state"]).Root;
        File.CreateSymbolicLink(_folder["link"], _folder["state"]);
        await using var host = TestHosts.Create(options => options.StateDirectory = state.Path);
        foreach (var directory in new[] { _folder.Path, state.Path, _folder["link"], state.Keys })
        {
            var load = new SkillLoadOptions { Directories = { ["notes"] = new MappedDirectory(directory) } };
            Assert.AreEqual("policy.map", Assert.Throws<SkillException>(() => host.LoadSkill(Fixtures.Skill("notes"), load)).Code);
        }

        var unknown = new SkillLoadOptions { Directories = { ["other"] = new MappedDirectory(_folder.Path) } };
        Assert.AreEqual("policy.map", Assert.Throws<SkillException>(() => host.LoadSkill(Fixtures.Skill("notes"), unknown)).Code);
    }

    [TestMethod]
    [DataRow("loop_forever", "limit.fuel", typeof(SkillLimitException))]
    [DataRow("recurse_forever", "trap.memory-out-of-bounds", typeof(SkillTrapException))]
    [DataRow("eat_memory", "trap.unreachable", typeof(SkillTrapException))]
    [DataRow("flood_log", "capability.denied", typeof(CapabilityDeniedException))]
    [DataRow("fail", "guest.error", typeof(SkillGuestException))]
    [DataRow("sleep", "limit.time", typeof(SkillLimitException))]
    [DataRow("quit", "guest.exit", typeof(SkillGuestException))]
    [Timeout(60_000)]
    public async Task Misbehaving_IsStopped_AndNobodyElseNotices(string tool, string code, Type error)
    {
        await using var host = TestHosts.Create();
        var trouble = host.LoadSkill(Fixtures.Skill("trouble"));
        var greeter = host.LoadSkill(Fixtures.Skill("greeter"));

        var stopped = await Assert.ThrowsAsync<SkillException>(() => trouble.CallAsync("acme.trouble." + tool, ""));

        Assert.AreEqual((code, error), (stopped.Code, stopped.GetType()));
        Assert.AreEqual("Hello, World!", (await greeter.CallAsync("acme.greeter.greet", "World")).Text);
    }

    /// <summary>The skill allows itself a second, and on a busy machine the first calls, whose code has to be compiled, may take longer.</summary>
    private static async Task<SkillCallResult> InTime(Func<Task<SkillCallResult>> call)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await call();
            }
            catch (SkillLimitException e) when (e.Code == "limit.time" && tried < 5)
            {
                await Task.Delay(500);
            }
        }
    }

    [TestMethod]
    public async Task PathEscape_FindsNoWayOut_AndEachTryIsADenial()
    {
        await using var host = TestHosts.Create();

        var skill = host.LoadSkill(Fixtures.Skill("trouble"));
        var result = await InTime(() => skill.CallAsync("acme.trouble.escape", ""));

        Assert.AreEqual("no way out\n", result.Text);
        Assert.IsTrue(result.Receipt.Denials.Count >= 4);
        Assert.IsTrue(result.Receipt.Denials.All(denial => denial.Capability == Capability.FilesystemRead || denial.Capability == Capability.FilesystemWrite));
    }

    [TestMethod]
    public async Task Environment_OfTheProcess_IsNotSeen()
    {
        await using var host = TestHosts.Create();

        var skill = host.LoadSkill(Fixtures.Skill("trouble"));
        Assert.AreEqual("sees nothing\n", (await InTime(() => skill.CallAsync("acme.trouble.environ", ""))).Text);
    }

    [TestMethod]
    public async Task Environment_ThatWasAskedFor_ComesFromTheEmbedder()
    {
        var program = """
            (module
              (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 1)
              (func (export "_start")
                (drop (call $sizes (i32.const 0) (i32.const 4)))
                (drop (call $get (i32.const 1024) (i32.const 2048)))
                (i32.store (i32.const 16) (i32.const 2048))
                (i32.store (i32.const 20) (i32.load (i32.const 4)))
                (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))))
            """;
        var package = new TestPackage { Modules = new() { ["m"] = program }, Capabilities = "[environment]\nkeys = [\"LANG\", \"UNSET\"]" };
        var load = new SkillLoadOptions { Environment = { ["LANG"] = "ar", ["HOME"] = "/root" } };
        await using var host = TestHosts.Create();

        Assert.AreEqual("LANG=ar\0", (await host.LoadSkill(package.Write(_folder), load).CallAsync("acme.run", "")).Text);
    }

    [TestMethod]
    public async Task Grants_OfOneTool_AreNotThoseOfAnother()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        var package = WeatherPackage("skill:acme.test", "TOKEN") with
        {
            Tools = ["today", "anywhere"],
            Capabilities = "[http.api]\nhost = \"api.weather.test\"\n[tools.\"acme.today\"]\ngrants = [\"api\"]\n[tools.\"acme.anywhere\"]\ngrants = []",
        };
        await using var host = Weather(server.Port);
        var skill = host.LoadSkill(package.Write(_folder));

        await skill.CallAsync("acme.today", "Cairo");
        Assert.AreEqual(
            "the host is not granted",
            (await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.anywhere", "https://api.weather.test/v1/"))).Rule);
    }

    [TestMethod]
    public async Task CapabilityThatPolicyWithdraws_IsDenied_WhateverWasConsentedTo()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        await using var host = Weather(server.Port, options => options.WithdrawnCapabilities.Add(Capability.HttpEgress));
        var skill = host.LoadSkill(Fixtures.Skill("weather"));

        Assert.IsFalse(skill.Capabilities.Any(asked => asked.Capability == Capability.HttpEgress));
        await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.weather.today", "Cairo"));
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public async Task Quotas_OfManifestAndTool_AndTheHostsLimits_SmallestHolds()
    {
        const string loop = """
            (module (import "extism:host/env" "alloc" (func (param i64) (result i64)))
              (func (export "run") (loop (br 0))) (func (export "tight") (loop (br 0))))
            """;
        var package = new TestPackage
        {
            Tools = ["run", "tight"],
            Modules = new() { ["m"] = loop },
            Manifest = "[capabilities.quotas]\nfuel_budget = 1000000",
            Capabilities = "[tools.\"acme.tight\"]\nfuel = 1000",
        };
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(package.Write(_folder));
        await using var strict = TestHosts.Create(options => options.Limits.CallFuel = 500);

        Assert.AreEqual((1_000_000L, 1_000L, 500L), (await Fuel(skill, "acme.run"), await Fuel(skill, "acme.tight"), await Fuel(strict.LoadSkill(package.Write(_folder)), "acme.run")));

        static async Task<long> Fuel(Skill skill, string tool)
        {
            var stopped = await Assert.ThrowsAsync<SkillLimitException>(() => skill.CallAsync(tool, ""));
            Assert.AreEqual("limit.fuel", stopped.Code);
            return stopped.Receipt!.Fuel;
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task WallClock_OfTheManifest_StopsALoop()
    {
        const string loop = """(module (import "extism:host/env" "alloc" (func (param i64) (result i64))) (func (export "run") (loop (br 0))))""";
        var package = new TestPackage
        {
            Modules = new() { ["m"] = loop },
            Manifest = "[capabilities.quotas]\nwall_clock_timeout_ms = 100\nfuel_budget = 1000000000000",
        };
        await using var host = TestHosts.Create(options => options.Limits.CallFuel = long.MaxValue);

        var stopped = await Assert.ThrowsAsync<SkillLimitException>(() => host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", ""));

        Assert.AreEqual("limit.time", stopped.Code);
        Assert.IsTrue(stopped.Receipt!.Time >= TimeSpan.FromMilliseconds(50));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_BeyondConcurrencyAndQueue_AreRefused_AndOnRecord()
    {
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Limits.ConcurrentCallsPerSkill = 1;
            options.Limits.QueuedCalls = 1;
        }))
        {
            var skill = host.LoadSkill(Fixtures.Skill("trouble"));
            var calls = Enumerable.Range(0, 4).Select(_ => skill.CallAsync("acme.trouble.sleep", "")).ToList();
            var codes = new List<string>();
            foreach (var call in calls)
            {
                codes.Add((await Assert.ThrowsAsync<SkillLimitException>(() => call)).Code);
            }

            Assert.AreEqual(2, codes.Count(code => code == "limit.concurrency"));
            Assert.AreEqual(2, codes.Count(code => code == "limit.time"));
        }

        Assert.HasCount(2, File.ReadLines(_folder["log"]).Where(line => line.Contains("\"outcome\":\"limit.concurrency\"", StringComparison.Ordinal)).ToList());
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Calls_AtTheSameTime_DoNotMix()
    {
        await using var host = TestHosts.Create(options => options.Limits.QueuedCalls = 1000);
        var skill = host.LoadSkill(new TestPackage().Write(_folder));
        var notes = host.LoadSkill(Fixtures.Skill("notes"));

        var echoes = Enumerable.Range(0, 200).Select(async i => Assert.AreEqual($"{i}", (await skill.CallAsync("acme.run", $"{i}")).Text));
        var lines = Enumerable.Range(0, 50).Select(i => notes.CallAsync("acme.notes.append", $"line {i}"));
        await Task.WhenAll([.. echoes, .. lines]);

        var journal = (await notes.CallAsync("acme.notes.show", "")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 50).Select(i => $"line {i}").ToList(), journal);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Cancellation_StopsTheGuest_AndStaysACancellation()
    {
        using var cancel = new CancellationTokenSource();
        await using var host = TestHosts.Create(options =>
        {
            options.Limits.CallFuel = long.MaxValue;
            options.Functions.Add("acme_db.query", (string text) =>
            {
                cancel.CancelAfter(20);
                return text;
            });
        });
        var skill = host.LoadSkill(new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(drop (call $query {x})) (loop $forever (br $forever))", """(import "acme_db" "query" (func $query (param i64) (result i64)))""") },
            Capabilities = "[host]\nfunctions = [\"acme_db.query\"]\n",
            Manifest = "[capabilities.quotas]\nwall_clock_timeout_ms = 50000\nfuel_budget = 9000000000000",
        }.Write(_folder));

        await Assert.ThrowsAsync<OperationCanceledException>(() => skill.CallAsync("acme.run", "", null, cancel.Token));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Disposal_Drains_ThenInterrupts()
    {
        var host = TestHosts.Create(options => options.Limits.DrainTime = TimeSpan.FromMilliseconds(100));
        var call = host.LoadSkill(Fixtures.Skill("trouble")).CallAsync("acme.trouble.sleep", "");

        await host.DisposeAsync();

        Assert.IsTrue(call.IsCompleted);
        await Assert.ThrowsAsync<OperationCanceledException>(() => call);
    }

    [TestMethod]
    public async Task Input_ThatDoesNotFit_IsRefused_NotCutToNothing()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(new TestPackage { Manifest = "[capabilities.quotas]\nmax_memory_bytes = 65536" }.Write(_folder));

        Assert.AreEqual("limit.memory", (await Assert.ThrowsAsync<SkillLimitException>(() => skill.CallAsync("acme.run", new byte[100_000]))).Code);
    }

    [TestMethod]
    public async Task Tool_ThatTheSkillHasNot_IsAnArgumentError()
    {
        await using var host = TestHosts.Create();

        await Assert.ThrowsAsync<ArgumentException>(() => host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.other", ""));
    }

    [TestMethod]
    public async Task Id_BelongsToItsFirstPublisher()
    {
        await using var host = TestHosts.Create(options => options.TrustedPublishers["evil"] = [Convert.ToHexStringLower(TestHosts.Key.PublicKey)]);
        var text = host.LoadSkill(Fixtures.Skill("text"));
        await text.CallAsync("acme.text.remember", "a secret of acme");
        var impostor = new TestPackage { Id = "acme.text", Publisher = "evil", Tools = ["run"] }.Write(_folder);

        Assert.AreEqual("trust.skill-publisher", Assert.Throws<SkillException>(() => host.LoadSkill(impostor)).Code);
        Assert.AreEqual("trust.skill-publisher", Assert.Throws<SkillException>(() => host.LoadSkill(impostor, new SkillLoadOptions { AllowDowngrade = true })).Code);
        Assert.AreEqual("a secret of acme", (await text.CallAsync("acme.text.remember", "")).Text);
    }

    private static SkillHost Weather(int port, Action<SkillHostOptions>? configure = null) => TestHosts.Create(options =>
    {
        options.Resolve["api.weather.test:443"] = $"http://127.0.0.1:{port}";
        options.Secrets = _ => "t0ken";
        configure?.Invoke(options);
    });

    /// <summary>The Rust guest in a package that puts another secret into its requests.</summary>
    private static TestPackage WeatherPackage(string scope, string key) => new()
    {
        Tools = ["today"],
        Binary = Fixtures.Read("rust-weather", "weather.wasm"),
        Manifest = $"[capabilities]\nhttp_egress_allowlist = [\"api.weather.test\"]\n[[capabilities.secrets]]\nscope = \"{scope}\"\nkey_names = [\"{key}\"]",
        Capabilities = $"[http.api]\nhost = \"api.weather.test\"\n[http.api.secret]\nuse = \"{scope}/{key}\"\nheader = \"X-Key\"",
    };
}
