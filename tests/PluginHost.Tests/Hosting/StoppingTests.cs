using System.Diagnostics;
using PluginHost.Skills;
using PluginHost.Tests.Http;

namespace PluginHost.Tests.Hosting;

/// <summary>Callers are released when their time is over, whatever the guest or code of the embedder does.</summary>
[TestClass]
public sealed class StoppingTests : IDisposable
{
    private const int SpareThreads = 2;

    private readonly TemporaryFolder _folder = new();
    private readonly LoopbackServer _server = new(LoopbackServer.Ok(""));
    private readonly ManualResetEventSlim _vault = new();

    public void Dispose()
    {
        _vault.Set();
        _server.Dispose();
        _folder.Dispose();
    }

    /// <summary>A skill whose call needs a secret, and a vault that does not answer before the test says so.</summary>
    private string Package() => new TestPackage
    {
        Tools = ["anywhere"],
        Binary = Fixtures.Read("rust-weather", "weather.wasm"),
        Manifest = "[capabilities]\nhttp_egress_allowlist = [\"a.test\"]\n[[capabilities.secrets]]\nscope = \"global\"\nkey_names = [\"API_TOKEN\"]",
        Capabilities = "[http.a]\nhost = \"a.test\"\n[http.a.secret]\nuse = \"global/API_TOKEN\"\nheader = \"X-Key\"",
    }.Write(_folder);

    private SkillHost Host(Action<SkillLimits> limits) => TestHosts.Create(options =>
    {
        options.AuditFile = _folder["log"];
        options.Resolve["a.test:443"] = $"http://127.0.0.1:{_server.Port}";
        options.Secrets = _ =>
        {
            _vault.Wait();
            return null;
        };
        options.Limits.DrainTime = TimeSpan.FromMilliseconds(1);
        limits(options.Limits);
    });

    [TestMethod]
    [Timeout(60_000)]
    public async Task Deadline_ReleasesTheCaller_WhileCodeOfTheEmbedderDoesNotReturn()
    {
        await using (var host = Host(limits => limits.CallTime = TimeSpan.FromMilliseconds(150)))
        {
            var skill = await Warm(host);

            var stopped = await Assert.ThrowsAsync<SkillLimitException>(() => skill.CallAsync("acme.anywhere", "https://a.test/"));

            Assert.AreEqual("limit.time", stopped.Code);
            StringAssert.Contains(stopped.Message, "its end is not known yet");
            var receipts = Receipts();

            _vault.Set();
            await Until(() => Receipts() == receipts + 1);
        }
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task Cancellation_ReleasesTheCaller_WhileCodeOfTheEmbedderDoesNotReturn()
    {
        await using var host = Host(_ => { });
        var skill = await Warm(host);
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));

        await Assert.ThrowsAsync<OperationCanceledException>(() => skill.CallAsync("acme.anywhere", "https://a.test/", null, cancellation.Token));

        _vault.Set();
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task GuestsThatWereGivenUp_AreCounted_AndNoMoreAreStartedThanThereAreThreads()
    {
        await using var host = Host(limits =>
        {
            limits.CallTime = TimeSpan.FromMilliseconds(100);
            limits.ConcurrentCalls = limits.ConcurrentCallsPerSkill = 1;
        });
        var skill = await Warm(host);
        var codes = new List<string>();
        while (!codes.Contains("limit.threads"))
        {
            codes.Add((await Assert.ThrowsAsync<SkillLimitException>(() => skill.CallAsync("acme.anywhere", "https://a.test/"))).Code);
        }

        // A few may have stopped in time after all, on a busy machine.
        Assert.IsGreaterThan(SpareThreads, codes.Count(code => code == "limit.time"));

        var other = host.LoadSkill(Fixtures.Skill("text"));
        await Until(() => Task.Run(() => Shouts(other)).Result);

        _vault.Set();
        await Until(() => Task.Run(() => Record(skill)).Result is not SkillLimitException { Code: "limit.threads" });
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task ThousandCallers_InsideSlowHostCalls_TakeNoThreads_AndOtherSkillsGoOn()
    {
        const int callers = 1_000, queued = 500, atOnce = 8;
        await using var host = Host(limits =>
        {
            limits.CallTime = TimeSpan.FromMinutes(1);
            limits.ConcurrentCallsPerSkill = atOnce;
            limits.QueuedCalls = queued;
        });
        var skill = await Warm(host);
        var threadsBefore = Process.GetCurrentProcess().Threads.Count;

        var calls = Enumerable.Range(0, callers).Select(_ => Record(skill)).ToList();
        await Until(() => calls.Count(call => call.IsCompleted) == callers - atOnce - queued);

        Assert.IsTrue(calls.Where(call => call.IsCompleted).All(call => call.Result is SkillLimitException { Code: "limit.concurrency" }));
        Assert.IsLessThan(threadsBefore + 60, Process.GetCurrentProcess().Threads.Count);
        Assert.IsTrue(await Shouts(host.LoadSkill(Fixtures.Skill("text"))));

        _vault.Set();
        await Task.WhenAll(calls);

        Assert.AreEqual(atOnce + queued, calls.Count(call => call.Result is not SkillLimitException));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task WhoAwaitsACall_GoesOnElsewhere()
    {
        _vault.Set();
        await using var host = Host(_ => { });
        var skill = host.LoadSkill(Package());

        await Record(skill);

        Assert.AreNotEqual("PluginHost guest", Thread.CurrentThread.Name);
    }

    /// <summary>A skill that was called before, so that the time of a call is not that of the compiler.</summary>
    private async Task<Skill> Warm(SkillHost host)
    {
        var skill = host.LoadSkill(Package());
        _vault.Set();
        for (var watch = Stopwatch.StartNew(); await Record(skill) is SkillLimitException;)
        {
            Assert.IsTrue(watch.Elapsed < TimeSpan.FromSeconds(30));
        }

        _vault.Reset();
        return skill;
    }

    /// <summary>Whether another skill is served. On a busy machine its first call may take longer than a call may.</summary>
    private static async Task<bool> Shouts(Skill skill)
    {
        try
        {
            return (await skill.CallAsync("acme.text.shout", "hello").ConfigureAwait(false)).Text == "HELLO";
        }
        catch (SkillLimitException e) when (e.Code == "limit.time")
        {
            return false;
        }
    }

    private static async Task<Exception?> Record(Skill skill)
    {
        try
        {
            await skill.CallAsync("acme.anywhere", "https://a.test/").ConfigureAwait(false);
            return null;
        }
        catch (SkillException e)
        {
            return e;
        }
    }

    private int Receipts()
    {
        using var stream = new FileStream(_folder["log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return new StreamReader(stream).ReadToEnd().Split("\"outcome\":\"limit.time\"").Length - 1;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !condition(); await Task.Delay(10).ConfigureAwait(false))
        {
            Assert.IsTrue(watch.Elapsed < TimeSpan.FromSeconds(30), "it did not come to pass");
        }
    }
}
