using System.Text;
using PluginHost.Skills;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Hosting;
using PluginHost.Tests.Limits;

namespace PluginHost.Tests.Http;

/// <summary>Requests that are made again: which, how often, and that each attempt is demanded and recorded.</summary>
[TestClass]
public sealed class RetryTests : IDisposable
{
    private const string Fails = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    private readonly TemporaryFolder _folder = new();
    private int _requests;

    public void Dispose() => _folder.Dispose();

    /// <summary>Answers each request by its number.</summary>
    private LoopbackServer Server(Func<int, string> answer) => new(stream => stream.WriteAsync(Encoding.ASCII.GetBytes(answer(++_requests))).AsTask());

    private async Task<(string Answer, List<string> Records)> Call(LoopbackServer server, string request = "{\"url\":\"https://api.test/x\"}", Action<SkillHostOptions>? configure = null)
    {
        var log = _folder[$"{Guid.NewGuid():n}.jsonl"];
        var guest = GuestText.Of($"(call $out (call $http {{{request.Replace('{', '«').Replace('}', '»')}}} (i64.const 0)))");
        string answer;
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = log;
            options.Resolve["api.test:443"] = $"http://127.0.0.1:{server.Port}";
            configure?.Invoke(options);
        }))
        {
            var skill = host.LoadSkill(new TestPackage { Modules = new() { ["m"] = guest }, Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]" }.Write(_folder));
            try
            {
                answer = (await skill.CallAsync("acme.run", "")).Text;
            }
            catch (SkillException e)
            {
                answer = e.Code + (e is SkillGuestException ? ": " + e.Message : "");
            }
        }

        return (answer, [.. File.ReadAllLines(log).Where(line => line.Contains("\"type\":\"demand\"", StringComparison.Ordinal) || line.Contains("\"type\":\"done\"", StringComparison.Ordinal))]);
    }

    [TestMethod]
    public async Task ServerThatIsBusy_IsAskedAgain_AndEachAttemptIsOnRecord()
    {
        using var server = Server(n => n < 3 ? Fails : LoopbackServer.Ok("hello"));

        using var counted = new LimitEvents();
        var (answer, records) = await Call(server);

        Assert.AreEqual(("hello", 3), (answer, _requests));
        Assert.HasCount(2, counted.Seen.Where(seen => seen == "acme.test http-retry OnRetry").ToList());
        Assert.AreEqual("demand done demand done demand done", string.Join(' ', records.Select(line => line.Contains("\"type\":\"demand\"", StringComparison.Ordinal) ? "demand" : "done")));
        Assert.AreEqual(2, records.Count(line => line.Contains("\"outcome\":\"status 503\"", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task ConnectionThatBreaks_IsTriedAgain()
    {
        using var server = new LoopbackServer(stream => ++_requests == 1 ? Task.CompletedTask : stream.WriteAsync(Encoding.ASCII.GetBytes(LoopbackServer.Ok("hello"))).AsTask());
        Assert.AreEqual("hello", (await Call(server)).Answer);
        Assert.AreEqual(2, _requests);
    }

    [TestMethod]
    public async Task GuestGetsTheLastAnswer_WhereNoneIsBetter()
    {
        using var server = Server(_ => "HTTP/1.1 502 No\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlast");
        Assert.AreEqual("last", (await Call(server)).Answer);
        Assert.AreEqual(3, _requests);
    }

    [TestMethod]
    [DataRow("POST", 1)]
    [DataRow("PUT", 1)]
    [DataRow("DELETE", 1)]
    [DataRow("HEAD", 3)]
    public async Task OnlyWhatAsks_IsAskedAgain(string method, int requests)
    {
        using var server = Server(_ => Fails);
        await Call(server, $"{{\"url\":\"https://api.test/x\",\"method\":\"{method}\"}}");
        Assert.AreEqual(requests, _requests);
    }

    [TestMethod]
    public async Task RequestWithAKeyOfItsOwn_IsMadeAgain()
    {
        using var server = Server(n => n == 1 ? Fails : LoopbackServer.Ok("paid"));
        Assert.AreEqual("paid", (await Call(server, "{\"url\":\"https://api.test/x\",\"method\":\"POST\",\"headers\":{\"idempotency-key\":\"7\"}}")).Answer);
        Assert.AreEqual(2, _requests);
    }

    [TestMethod]
    [DataRow(200)]
    [DataRow(404)]
    [DataRow(429)]
    [DataRow(500)]
    public async Task AnswerOfAnyOtherKind_IsTheGuests(int status)
    {
        using var server = Server(_ => $"HTTP/1.1 {status} X\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
        await Call(server);
        Assert.AreEqual(1, _requests);
    }

    [TestMethod]
    public async Task ServerThatWantsToBeLeftAloneForLong_IsNotAskedAgain()
    {
        using var server = Server(_ => "HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy");
        Assert.AreEqual("busy", (await Call(server)).Answer);
        Assert.AreEqual(1, _requests);
    }

    [TestMethod]
    public async Task RetriesCanBeSwitchedOff()
    {
        using var server = Server(_ => Fails);
        await Call(server, configure: options => options.Limits.HttpRetries = 0);
        Assert.AreEqual(1, _requests);
    }

    [TestMethod]
    public async Task TimeOfTheCall_HoldsForAllAttempts()
    {
        using var server = Server(_ => "HTTP/1.1 503 Busy\r\nRetry-After: 4\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var (answer, _) = await Call(server, configure: options =>
        {
            options.Limits.CallTime = TimeSpan.FromMilliseconds(500);
            options.Limits.HttpRetries = 10;
        });
        Assert.AreEqual("limit.time", answer);
        Assert.AreEqual(1, _requests);
    }
}
