using PluginHost.Capabilities;
using PluginHost.Skills;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Hosting;

/// <summary>Functions of the embedder: by what names and types guests call them, who may, and what happens when they fail.</summary>
[TestClass]
public sealed class HostFunctionTests : IDisposable
{
    private const string Query = """(import "acme_db" "query" (func $query (param i64) (result i64)))""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TestPackage Package(string body, string imports = Query, string functions = "\"acme_db.query\"", string more = "") => new()
    {
        Modules = new() { ["m"] = GuestText.Of(body, imports) },
        Capabilities = $"[host]\nfunctions = [{functions}]\n{more}",
    };

    private async Task<SkillCallResult> Call(TestPackage package, Action<SkillHostOptions> configure, CancellationToken cancellation = default)
    {
        await using var host = TestHosts.Create(configure);
        return await host.LoadSkill(package.Write(_folder), cancellationToken: cancellation).CallAsync("acme.run", "in", new CallContext { Principal = "ann" }, cancellation);
    }

    [TestMethod]
    public async Task Text_GoesInAndComesBack_ByBothNames_AndIsOnRecord()
    {
        Action<SkillHostOptions> configure = options =>
        {
            options.Functions.Add("acme_db.query", (string sql, HostFunctionCall call) => $"{call.SkillId} {call.Tool} {call.Context.Principal}: {sql}");
            options.AuditFile = _folder[Guid.NewGuid().ToString("n")];
        };

        Assert.AreEqual("acme.test acme.run ann: select", (await Call(Package("(call $out (call $query {select}))"), configure)).Text);
        var options = TestHosts.Options();
        configure(options);
        await using (var host = SkillHost.Create(options))
        {
            var package = Package("(call $out (call $query {select}))", """(import "extism:host/user" "acme_db.query" (func $query (param i64) (result i64)))""");
            Assert.AreEqual("acme.test acme.run : select", (await host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", "")).Text);
        }

        var log = File.ReadAllText(options.AuditFile!);
        StringAssert.Contains(log, "\"capability\":\"host.function\",\"resource\":\"acme_db.query\",\"decision\":\"allow\"");
        StringAssert.Contains(log, "\"outcome\":\"ok\"");
    }

    [TestMethod]
    public async Task TimeInAFunction_IsTheHostsTime_InTheReceipt()
    {
        var result = await Call(Package("(call $out (call $query {select}))"), options => options.Functions.Add("acme_db.query", (string _) =>
        {
            Thread.Sleep(60);
            return "x";
        }));

        Assert.IsGreaterThan(TimeSpan.FromMilliseconds(50), result.Receipt.HostTime);
        Assert.IsLessThanOrEqualTo(result.Receipt.Time, result.Receipt.HostTime);
        Assert.AreEqual(1, result.Receipt.HostCalls[Capability.HostFunction].Uses);
    }

    [TestMethod]
    public async Task Numbers_Json_Tasks_AndSpans_ArePassed()
    {
        const string imports = """
            (import "m" "sum" (func $sum (param i32 i64 f32 f64) (result f64)))
            (import "m" "json" (func $json (param i64) (result i64)))
            (import "m" "span" (func $span (param i64) (result i64)))
            (import "m" "nothing" (func $nothing))
            """;
        var ran = false;
        var result = await Call(
            Package(
                """
                (call $nothing)
                (if (f64.ne (call $sum (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4)) (f64.const 10)) (then (unreachable)))
                (call $out (call $span (call $json {«"name":"x","values":[1,2]»})))
                """,
                imports,
                "\"m.sum\", \"m.json\", \"m.span\", \"m.nothing\""),
            options =>
            {
                options.Functions.Add("m.sum", (int a, long b, float c, double d) => a + b + c + d);
                options.Functions.Add("m.json", async (Message message, CancellationToken cancellation) =>
                {
                    await Task.Delay(1, cancellation);
                    return new Message(message.Name + "!", [.. message.Values.Select(value => value * 2)]);
                });
                options.Functions.Add("m.span", (input, _) => [.. input, (byte)'.']);
                options.Functions.Add("m.nothing", () => new ValueTask(Task.Run(() => ran = true)));
            });

        Assert.AreEqual("""{"name":"x!","values":[2,4]}.""", result.Text);
        Assert.IsTrue(ran);
    }

    private sealed record Message(string Name, int[] Values);

    [TestMethod]
    public async Task Function_ThatWasNotGranted_LinksAndIsDenied()
    {
        var called = false;
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(
            Package("(call $out (call $query {x}))", functions: "\"other\""),
            options =>
            {
                options.Functions.Add("acme_db.query", (string sql) => called = true);
                options.Functions.Add("other", () => { });
            }));

        Assert.AreEqual((Capability.HostFunction, "acme_db.query"), (denied.Capability, denied.Resource));
        StringAssert.Contains(denied.SmallestGrant, "[host]");
        Assert.IsFalse(called);
    }

    [TestMethod]
    public void Function_ThatNobodyRegistered_IsRefusedAtLoad()
    {
        var host = TestHosts.Create(options => options.Functions.Add("other", () => { }));

        Assert.AreEqual("policy.host-function", Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(Package("").Write(_folder))).Code);
        var imported = Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(Package("", functions: "\"other\"").Write(_folder)));
        Assert.AreEqual("inspection.import", imported.Code);
        StringAssert.Contains(imported.Message, "acme_db");
    }

    [TestMethod]
    public void Function_OfAnotherType_IsRefusedAtLoad()
    {
        var host = TestHosts.Create(options => options.Functions.Add("acme_db.query", (int number) => number));

        Assert.AreEqual("inspection.import", Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(Package("").Write(_folder))).Code);
    }

    [TestMethod]
    public async Task Exception_OfAFunction_ReachesTheCaller_NotTheGuest_NorTheLog()
    {
        var log = _folder["log"];
        foreach (var isAsync in new[] { false, true })
        {
            var failed = await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Call(
                Package("(call $out (call $query {x}))"),
                options =>
                {
                    options.AuditFile = log;
                    options.Functions.Add("acme_db.query", isAsync
                        ? async (string sql) =>
                        {
                            await Task.Yield();
                            return sql.Length > 0 ? throw new InvalidTimeZoneException("connection string=s3cret") : "";
                        }
                        : (string sql) => sql.Length > 0 ? throw new InvalidTimeZoneException("connection string=s3cret") : "");
                }));

            Assert.AreEqual("guest.host-function", failed.Code);
            Assert.IsFalse(failed.Message.Contains("s3cret", StringComparison.Ordinal));
            Assert.IsInstanceOfType<InvalidTimeZoneException>(failed.InnerException);
            var text = File.ReadAllText(log);
            StringAssert.Contains(text, "failed: InvalidTimeZoneException");
            Assert.IsFalse(text.Contains("s3cret", StringComparison.Ordinal));
        }
    }

    [TestMethod]
    public async Task Function_ThatGoesOnAfterItsCall_IsOnRecord()
    {
        var log = _folder["log"];
        var release = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();
        var host = TestHosts.Create(options =>
        {
            options.AuditFile = log;
            options.Functions.Add("acme_db.query", async (string sql) =>
            {
                await cancellation.CancelAsync();
                await release.Task;
                return sql;
            });
        });
        var skill = host.LoadSkill(Package("(call $out (call $query {x}))").Write(_folder));

        await Assert.ThrowsAsync<OperationCanceledException>(() => skill.CallAsync("acme.run", "", cancellationToken: cancellation.Token));
        SpinWait.SpinUntil(() => ReadShared(log).Contains("goes on", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        release.SetResult();
        SpinWait.SpinUntil(() => ReadShared(log).Contains("ended after its call: ok", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        await host.DisposeAsync();

        var text = File.ReadAllText(log);
        StringAssert.Contains(text, "cancelled, and goes on: its end is not known yet");
        StringAssert.Contains(text, "ended after its call: ok");
    }

    private static string ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private sealed class Database
    {
        [HostFunction("acme_db.query")]
        [RequiresCapability("http.egress")]
        public string Query(string sql) => $"{sql}: {GetHashCode() != 0}";
    }

    [TestMethod]
    public async Task Method_ThatRequiresACapability_NeedsBoth()
    {
        Action<SkillHostOptions> configure = options => options.Functions.AddFrom(new Database());
        const string body = "(call $out (call $query {q}))";

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(Package(body), configure));
        Assert.AreEqual((Capability.HttpEgress, "host function acme_db.query"), (denied.Capability, denied.Resource));

        var granted = Package(body, more: "[http.api]\nhost = \"api.test\"\n") with { Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]" };
        Assert.AreEqual("q: True", (await Call(granted, configure)).Text);
    }

    private sealed class Twice
    {
        [HostFunction("a")]
        public static void One()
        {
        }

        [HostFunction("a")]
        public static void Two()
        {
        }
    }

    private sealed class WrongCapability
    {
        [HostFunction("b")]
        [RequiresCapability("everything")]
        public static void One()
        {
        }
    }

    [TestMethod]
    public void Names_TakenMalformedOrOurs_AreRefused()
    {
        var functions = new HostFunctions();
        functions.Add("a", () => { });

        Assert.ThrowsExactly<ArgumentException>(() => functions.Add("a", () => { }));
        Assert.ThrowsExactly<ArgumentException>(() => functions.Add("a", (input, _) => []));
        Assert.ThrowsExactly<ArgumentException>(() => functions.Add("a b", () => { }));
        Assert.ThrowsExactly<ArgumentException>(() => functions.Add("skill_call", () => { }));
        Assert.ThrowsExactly<ArgumentException>(() => functions.AddFrom(new Twice()));
        Assert.ThrowsExactly<ArgumentException>(() => functions.AddFrom(new WrongCapability()));
        Assert.ThrowsExactly<ArgumentException>(() => functions.AddFrom(new object()));
        Assert.HasCount(1, functions.Names);
    }

    [TestMethod]
    public async Task Result_ThatCannotBePassed_EndsTheCall_AndIsOnRecord()
    {
        foreach (var (function, code, outcome) in new (Delegate, string, string)[]
        {
            ((string _) => typeof(string), "guest.host-function", "failed: NotSupportedException"),
            ((string _) => new byte[100_000_000], "guest.error", "failed: what a host function returned does not fit"),
            ((string _) => (Task<string>)null!, "guest.host-function", "failed: InvalidOperationException"),
        })
        {
            var log = _folder[Guid.NewGuid().ToString("n")];
            var failed = await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Call(Package("(call $out (call $query {x}))"), options =>
            {
                options.AuditFile = log;
                options.Functions.Add("acme_db.query", function);
            }));

            Assert.AreEqual(code, failed.Code);
            StringAssert.Contains(File.ReadAllText(log), $"\"outcome\":\"{outcome}");
        }
    }

    [TestMethod]
    public async Task Result_IsOfTheTypeThatWasDeclared()
    {
        Assert.AreEqual("7", (await Call(Package("(call $out (call $query {x}))"), options => options.Functions.Add("acme_db.query", int? (string _) => 7))).Text);
        Assert.AreEqual("7", (await Call(Package("(call $out (call $query {x}))"), options => options.Functions.Add("acme_db.query", object (string _) => 7))).Text);
    }

    [TestMethod]
    public void Import_OfAFunctionThatWasNotGranted_IsRefusedWhereThePolicyIsStrict()
    {
        var host = TestHosts.Create(options =>
        {
            options.StrictImports = true;
            options.Functions.Add("acme_db.query", (string sql) => sql);
            options.Functions.Add("other", () => { });
        });
        var package = Package("", functions: "\"other\"", more: "[http.api]\nhost = \"api.test\"\n") with { Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]" };

        Assert.AreEqual("policy.import", Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(package.Write(_folder))).Code);
    }

    [TestMethod]
    [DataRow("(drop (call $query (i64.const 12345)))")]
    [DataRow("(drop (call $query (i64.const -1)))")]
    public async Task Handle_ThatIsNone_IsTheGuestsFailure(string body) => Assert.AreEqual(
        "guest.error",
        (await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Call(Package(body), options => options.Functions.Add("acme_db.query", (string sql) => sql)))).Code);
}
