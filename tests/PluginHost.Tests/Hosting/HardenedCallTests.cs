using PluginHost.Capabilities;
using PluginHost.Hosting;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Http;

namespace PluginHost.Tests.Hosting;

/// <summary>Calls that a review broke the host with.</summary>
[TestClass]
public sealed class HardenedCallTests : IDisposable
{
    private const string Loop = """
        (module (import "extism:host/env" "alloc" (func (param i64) (result i64))) (func (export "run") (loop (br 0))))
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TestPackage Weather(string capabilities, string secrets = "") => new()
    {
        Tools = ["anywhere"],
        Binary = Fixtures.Read("rust-weather", "weather.wasm"),
        Manifest = $"[capabilities]\nhttp_egress_allowlist = [\"a.test\"]\n{secrets}",
        Capabilities = capabilities,
    };

    [TestMethod]
    [DataRow("evil")]
    [DataRow("acme.weather")]
    public async Task Secret_OfAnIdThatIsAnothersNamespace_IsDenied(string publisher)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));
        await using var host = TestHosts.Create(options =>
        {
            options.TrustedPublishers[publisher] = [Convert.ToHexStringLower(TestHosts.Key.PublicKey)];
            options.Resolve["a.test:443"] = $"http://127.0.0.1:{server.Port}";
            options.Secrets = _ => "t0ken";
        });
        var package = Weather(
            "[http.a]\nhost = \"a.test\"\n[http.a.secret]\nuse = \"skill:acme.weather/API_TOKEN\"\nheader = \"X-Key\"",
            "[[capabilities.secrets]]\nscope = \"skill:acme.weather\"\nkey_names = [\"API_TOKEN\"]") with { Id = "acme.weather", Publisher = publisher };

        var denied = await Assert.ThrowsAsync<CapabilityDeniedException>(() => host.LoadSkill(package.Write(_folder)).CallAsync(publisher + ".anywhere", "https://a.test/"));

        Assert.AreEqual(Capability.SecretsUse, denied.Capability);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    [DataRow("https://u:PASSWORD@a.test/v1/x?token=VERYSECRET")]
    [DataRow("https://a.test./x?token=VERYSECRET")]
    [DataRow("https://a.test/%2f?token=VERYSECRET")]
    [DataRow("ftp://a.test/?token=VERYSECRET")]
    [DataRow("https://xn--\u00fc.test/")]
    [DataRow("https://\u00ad.test/")]
    [DataRow("https://a\u200d.test/")]
    [DataRow("https://\u0600.x/")]
    public async Task Url_ThatIsNoneToGrant_IsADenial_AndNothingOfItIsOnRecord(string url)
    {
        await using (var host = TestHosts.Create(options => options.AuditFile = _folder["log"]))
        {
            var skill = host.LoadSkill(Weather("[http.a]\nhost = \"a.test\"").Write(_folder));
            var denied = await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.anywhere", url));
            Assert.AreEqual("the URL is none that can be granted", denied.Rule);
            Assert.IsFalse(denied.Message.Contains("VERYSECRET", StringComparison.Ordinal));
        }

        var log = File.ReadAllText(_folder["log"]);
        Assert.IsFalse(log.Contains("VERYSECRET", StringComparison.Ordinal) || log.Contains("PASSWORD", StringComparison.Ordinal));
        StringAssert.Contains(log, "\"outcome\":\"capability.denied\"");
    }

    [TestMethod]
    [DataRow("https://b.test/", "http_egress_allowlist with \"b.test\" in skill.toml, and in assets/capabilities.toml")]
    [DataRow("http://a.test/v1/", "scheme = \"http\", port = 80")]
    [DataRow("https://a.test/v2/x", "a path_prefix of /v2/x")]
    public async Task Denial_NamesWhatHasToBeWritten(string url, string advice)
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(Weather("[http.a]\nhost = \"a.test\"\npath_prefix = \"/v1/\"").Write(_folder));

        StringAssert.Contains((await Assert.ThrowsAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.anywhere", url))).SmallestGrant, advice);
    }

    [TestMethod]
    public async Task PathPrefix_IsComparedAsItIsSent()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("found"));
        await using var host = TestHosts.Create(options => options.Resolve["a.test:443"] = $"http://127.0.0.1:{server.Port}");
        var skill = host.LoadSkill(Weather("[http.a]\nhost = \"a.test\"\npath_prefix = \"/café/a b\"").Write(_folder));

        StringAssert.Contains((await skill.CallAsync("acme.anywhere", "https://a.test/café/a%20b/x")).Text, "found");
    }

    [TestMethod]
    public async Task Answer_LargerThanTheGuestHasRoomFor_IsNotRead()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(new string('x', 6_000_000)));
        await using var host = TestHosts.Create(options => options.Resolve["a.test:443"] = $"http://127.0.0.1:{server.Port}");
        var package = Weather("[http.a]\nhost = \"a.test\"");
        package = package with { Manifest = package.Manifest + "\n[capabilities.quotas]\nmax_memory_bytes = 4000000" };

        var failed = await Assert.ThrowsAsync<SkillGuestException>(() => host.LoadSkill(package.Write(_folder)).CallAsync("acme.anywhere", "https://a.test/"));

        StringAssert.Contains(failed.Message, "bytes that there is room for");
    }

    [TestMethod]
    public async Task VaultAndLog_ThatFail_AreTheGuestsFailure_WithoutTheirText()
    {
        await using var host = TestHosts.Create(options =>
        {
            options.Resolve["api.weather.test:443"] = "http://127.0.0.1:1";
            options.Secrets = _ => throw new TimeoutException("vault said t0ken");
            options.Log = _ => throw new InvalidOperationException("disk full");
        });

        var vault = await Assert.ThrowsAsync<SkillGuestException>(() => host.LoadSkill(Fixtures.Skill("weather")).CallAsync("acme.weather.today", "x"));
        Assert.IsFalse(vault.Message.Contains("t0ken", StringComparison.Ordinal));
        Assert.AreEqual("the host's log failed", (await Assert.ThrowsAsync<SkillGuestException>(() => host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.greet", "x"))).Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task QueueOfOneSkill_HoldsNoPlaceOfTheHosts()
    {
        var release = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = TestHosts.Create(options =>
        {
            options.Limits.ConcurrentCalls = 2;
            options.Limits.ConcurrentCallsPerSkill = 1;
            options.Limits.QueuedCalls = 4;
            options.Functions.Add("acme_db.query", (string _) => release.Task);
        });
        var slow = host.LoadSkill(new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(call $out (call $query {select}))", """(import "acme_db" "query" (func $query (param i64) (result i64)))""") },
            Capabilities = "[host]\nfunctions = [\"acme_db.query\"]\n",
        }.Write(_folder));
        var calls = Enumerable.Range(0, 4).Select(_ => slow.CallAsync("acme.run", "")).ToList();

        // Were a place held by a call that waits for its skill's turn, this would wait for what only ends below.
        await host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.greet", "x");

        Assert.IsFalse(calls.Any(call => call.IsCompleted));
        release.SetResult("rows");
        foreach (var call in calls)
        {
            Assert.AreEqual("rows", (await call).Text);
        }
    }

    /// <summary>Alone: it takes every thread that tests beside it would wait for.</summary>
    [TestMethod]
    [DoNotParallelize]
    [Timeout(60_000)]
    public async Task WallClock_Holds_WhileNoThreadOfThePoolIsFree()
    {
        await using var host = TestHosts.Create(options => options.Limits.CallFuel = long.MaxValue);
        var skill = host.LoadSkill(new TestPackage
        {
            Modules = new() { ["m"] = Loop },
            Manifest = "[capabilities.quotas]\nwall_clock_timeout_ms = 300\nfuel_budget = 1000000000000",
        }.Write(_folder));
        using var release = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var least, out _);
        var blocked = Enumerable.Range(0, least + 200).Select(_ => Task.Run(release.Wait)).ToArray();
        var caller = new Thread(() => Assert.Throws<SkillLimitException>(() => skill.CallAsync("acme.run", "").GetAwaiter().GetResult()));
        caller.Start();
        var ended = caller.Join(TimeSpan.FromSeconds(30));
        release.Set();
        await Task.WhenAll(blocked);

        Assert.IsTrue(ended, "the call ends while the pool is full, not after");
    }

    [TestMethod]
    public async Task Quota_OfARoot_HoldsForAllToolsVersionsAndNestedRoots()
    {
        await using var host = TestHosts.Create();
        var generous = Writer("1.0.0", 100_000);
        var skill = host.LoadSkill(generous.Write(_folder));
        Assert.AreEqual("wrote", (await skill.CallAsync("acme.write", new string('x', 5000))).Text);

        var strict = host.LoadSkill(Writer("1.0.1", 10).Write(_folder));
        Assert.AreEqual("full", (await strict.CallAsync("acme.write", new string('x', 6000))).Text);

        var nested = host.LoadSkill((Writer("1.0.0", 10) with { Id = "acme.nested" }).Write(_folder));
        Assert.AreEqual("full", (await nested.CallAsync("acme.write", new string('x', 5000))).Text);
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Disposal_OfTheHost_AwaitsASkillThatIsBeingDisposed()
    {
        var host = TestHosts.Create(options => options.AuditFile = _folder["log"]);
        var skill = host.LoadSkill(Fixtures.Skill("trouble"));
        var call = skill.CallAsync("acme.trouble.sleep", "");
        var disposal = skill.DisposeAsync();

        await host.DisposeAsync();
        await disposal;

        await Assert.ThrowsAsync<SkillLimitException>(() => call);
        StringAssert.Contains(File.ReadAllText(_folder["log"]), "\"outcome\":\"limit.time\"");
    }

    [TestMethod]
    [DataRow("a\u001bb", "a\\u{001b}b")]
    [DataRow("x\u202ey", "x\\u{202e}y")]
    [DataRow("t\U000E0041g", "t\\u{e0041}g")]
    [DataRow("b\u2800l", "b\\u{2800}l")]
    [DataRow("v\ufe0fs", "v\\u{fe0f}s")]
    [DataRow("سلام 😀", "سلام 😀")]
    public void Text_OfAPublisher_ShowsWhatCannotBeSeen(string text, string shown) => Assert.AreEqual(shown, Printable.Text(text));

    [TestMethod]
    public async Task Receipt_OfAProgram_CountsInputAndOutputApart()
    {
        await using (var host = TestHosts.Create(options => options.AuditFile = _folder["log"]))
        {
            await host.LoadSkill(Fixtures.Skill("notes")).CallAsync("acme.notes.count", "0123456789");
        }

        StringAssert.Contains(File.ReadAllText(_folder["log"]), "\"in\":10,\"out\":19,");
    }

    /// <summary>Writes its input to a file in a root, and says whether there was room.</summary>
    private static TestPackage Writer(string version, int maxBytes) => new()
    {
        Id = "acme.writer",
        Version = version,
        Tools = ["write"],
        Manifest = "[capabilities.filesystem]\nwrite_roots = [\"data\", \"data/inner\"]",
        Capabilities = $"[files.data]\npath = \"data\"\naccess = \"write\"\nmax_bytes = {maxBytes}\n[files.inner]\npath = \"data/inner\"\naccess = \"write\"",
        Modules = new()
        {
            ["m"] = """
                (module
                  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                  (memory (export "memory") 1)
                  (data (i32.const 0) "inner/f")
                  (data (i32.const 16) "wrote")
                  (data (i32.const 24) "full")
                  (func (export "_start")
                    (i32.store (i32.const 64) (i32.const 1024))
                    (i32.store (i32.const 68) (i32.const 60000))
                    (drop (call $read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 72)))
                    (i32.store (i32.const 68) (i32.load (i32.const 72)))
                    (drop (call $open (i32.const 4) (i32.const 0) (i32.const 0) (i32.const 7) (i32.const 9) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 80)))
                    (if (call $write (i32.load (i32.const 80)) (i32.const 64) (i32.const 1) (i32.const 72))
                      (then (i32.store (i32.const 64) (i32.const 24)) (i32.store (i32.const 68) (i32.const 4)))
                      (else (i32.store (i32.const 64) (i32.const 16)) (i32.store (i32.const 68) (i32.const 5))))
                    (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 72)))))
                """,
        },
    };
}
