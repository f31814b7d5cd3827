using System.Collections.Immutable;
using System.Net;
using PluginHost.Abi.Extism;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Http;
using PluginHost.Sandbox;
using static PluginHost.Tests.Extism.ExtismGuests;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Http;

/// <summary>The Rust fixture asks for hosts it may and may not reach.</summary>
[TestClass]
public sealed class HttpEgressTests
{
    private const string Secret = "s3cr3t-value";
    private static readonly HttpGrant Api = new() { Host = "api.weather.test", PathPrefix = "/v1/" };

    private static ExtismSettings Mapped(int port) => new()
    {
        Resolve = new ResolveMap(ImmutableDictionary<(string, int), ResolvedEndpoint>.Empty.Add(
            ("api.weather.test", 443), new ResolvedEndpoint(new IPEndPoint(IPAddress.Loopback, port), Plain: true))),
        Secrets = name => name == "global/TOKEN" ? Secret : null,
    };

    private static EffectiveGrant Grant(params HttpGrant[] grants) => new()
    {
        Http = [.. grants],
        Secrets = [.. grants.Select(grant => grant.Secret?.Name).OfType<string>()],
    };

    [TestMethod]
    public void GrantedHost_IsReachedAtTheMappedAddress_UnderItsOwnName()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));

        var result = Call(Weather, "today", "Cairo", Mapped(server.Port), Grant(Api));

        Assert.AreEqual("""{"status":200,"body":"sunny"}""", result.Output());
        StringAssert.StartsWith(server.Requests[0], "GET /v1/today?city=Cairo HTTP/1.1\r\n");
        StringAssert.Contains(server.Requests[0], "Host: api.weather.test\r\n");
    }

    [TestMethod]
    public void Secret_IsInjected_AndStandsNowhereElse()
    {
        using var folder = new TemporaryFolder();
        using var server = new LoopbackServer(LoopbackServer.Ok("sunny"));
        var grant = Grant(Api with { Secret = SecretUse.InHeader("global/TOKEN", "Authorization", "Bearer ") });
        GuestResult result;
        using (var audit = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            result = Call(Weather, "today", "Cairo", Mapped(server.Port), grant, audit: audit);
        }

        var log = File.ReadAllText(folder["log"]);
        StringAssert.Contains(server.Requests[0], $"Authorization: Bearer {Secret}\r\n");
        StringAssert.Contains(log, "\"capability\":\"secrets.use\",\"resource\":\"global/TOKEN\",\"decision\":\"allow\"");
        StringAssert.Contains(log, "GET https://api.weather.test:443/v1/today?city=\"");
        StringAssert.Contains(log, "\"secret\":\"hmac-sha256:");
        Assert.IsFalse(log.Contains(Secret, StringComparison.Ordinal));
        Assert.IsFalse(log.Contains("Cairo", StringComparison.Ordinal));
        Assert.IsFalse(result.Output().Contains(Secret, StringComparison.Ordinal));
    }

    [TestMethod]
    public void Secret_ThatIsUnknown_IsDenied_AndNothingIsSent()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));

        var result = Call(Weather, "today", "", Mapped(server.Port), Grant(Api with { Secret = SecretUse.InHeader("global/OTHER", "Authorization", "") }));

        Assert.AreEqual(Capability.SecretsUse, result.Denials.Single().Capability);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    [DataRow("x\r\nX-Evil: 1")]
    [DataRow("x\n")]
    [DataRow("x\0")]
    [DataRow("ключ")]
    public void Secret_ThatWouldBreakTheRequest_IsNotSent(string value)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));
        var settings = Mapped(server.Port) with { Secrets = _ => value };

        var result = Call(Weather, "today", "", settings, Grant(Api with { Secret = SecretUse.InHeader("global/TOKEN", "Authorization", "") }));

        Assert.AreEqual("guest.error", result.Stop?.Code);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    public void Secret_IsNotSentWithoutTls()
    {
        var grant = new HttpGrant { Host = "1.1.1.1", Scheme = "http", Port = 80, Secret = SecretUse.InHeader("global/TOKEN", "Authorization", "") };

        var result = Call(Weather, "anywhere", "http://1.1.1.1/", new ExtismSettings { Secrets = _ => "x" }, Grant(grant));

        Assert.AreEqual("a secret is not sent without TLS", result.Denials.Single().Rule);
    }

    [TestMethod]
    [DataRow("GET\n")]
    [DataRow("CONNECT\n")]
    [DataRow("GE T")]
    [DataRow("")]
    public void Method_ThatIsNoToken_IsNoTarget(string method) => Assert.IsNull(HttpTarget.Parse(method, "https://a.test/"));

    [TestMethod]
    [DataRow("https://a.test/x?secret", "GET https://a.test:443/x?…")]
    [DataRow("https://a.test/x?k=secret&secret", "GET https://a.test:443/x?k=&…")]
    [DataRow("https://[2606:4700::1]/", "GET https://[2606:4700::1]:443/")]
    public void Resource_HoldsNoValueOfTheQuery(string url, string resource) =>
        Assert.AreEqual(resource, HttpTarget.Parse("get", url)!.Resource);

    [TestMethod]
    public void Header_OfTheSecret_IsTheHostsAlone()
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));

        var result = Call(Weather, "forge", "", Mapped(server.Port), Grant(Api with { Secret = SecretUse.InHeader("global/TOKEN", "Authorization", "") }));

        Assert.AreEqual("capability.denied", result.Stop?.Code);
        StringAssert.Contains(result.Denials[0].Rule, "authorization");
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    [DataRow("https://other.test/v1/x", "the host is not granted")]
    [DataRow("http://api.weather.test/v1/x", "the scheme http is not granted, https is")]
    [DataRow("https://api.weather.test:8443/v1/x", "the port 8443 is not granted, 443 is")]
    [DataRow("https://api.weather.test/v2/x", "the path is not at or below /v1/")]
    [DataRow("https://api.weather.test/v1x", "the path is not at or below /v1/")]
    [DataRow("https://api.weather.test/v1/../v2", "the path is not at or below /v1/")]
    [DataRow("https://api.weather.test/v1/%2e%2e/v2", "the path is not at or below /v1/")]
    [DataRow("https://api.weather.test/v1/a%2f..%2fb", "the URL is none that can be granted")]
    [DataRow("https://api.weather.test./v1/x", "the URL is none that can be granted")]
    [DataRow("https://me@api.weather.test/v1/x", "the URL is none that can be granted")]
    [DataRow("ftp://api.weather.test/v1/x", "the URL is none that can be granted")]
    [DataRow("file:///etc/passwd", "the URL is none that can be granted")]
    [DataRow("/v1/x", "the URL is none that can be granted")]
    [DataRow("https://аpi.weather.test/v1/x", "the URL is none that can be granted")]
    public void Request_OutsideTheGrant_IsDeniedByTheRule(string url, string rule)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));

        var result = Call(Weather, "anywhere", url, Mapped(server.Port), Grant(Api));

        Assert.AreEqual("capability.denied", result.Stop?.Code);
        Assert.AreEqual(rule, result.Denials.Single().Rule);
        Assert.IsEmpty(server.Requests);
    }

    [TestMethod]
    [DataRow("127.0.0.1", "http://127.0.0.1/")]
    [DataRow("127.0.0.1", "http://2130706433/")]
    [DataRow("127.0.0.1", "http://0x7f.1/")]
    [DataRow("127.0.0.1", "http://0177.0.0.1/")]
    [DataRow("localhost", "http://localhost/")]
    [DataRow("169.254.169.254", "http://169.254.169.254/latest/meta-data")]
    public void PrivateAddress_EvenOfAGrantedHost_IsDenied(string host, string url)
    {
        var result = Call(Weather, "anywhere", url, null, Grant(new HttpGrant { Host = host, Scheme = "http", Port = 80 }));

        Assert.AreEqual("the host's address is private", result.Denials.Single().Rule);
    }

    [TestMethod]
    [DataRow("8.8.8.8", true)]
    [DataRow("1.1.1.1", true)]
    [DataRow("2606:4700:4700::1111", true)]
    [DataRow("10.1.2.3", false)]
    [DataRow("172.31.0.1", false)]
    [DataRow("172.32.0.1", true)]
    [DataRow("100.64.0.1", false)]
    [DataRow("198.18.0.1", false)]
    [DataRow("192.0.0.192", false)]
    [DataRow("240.0.0.1", false)]
    [DataRow("255.255.255.255", false)]
    [DataRow("0.0.0.0", false)]
    [DataRow("224.0.0.1", false)]
    [DataRow("::1", false)]
    [DataRow("::", false)]
    [DataRow("::ffff:127.0.0.1", false)]
    [DataRow("::ffff:8.8.8.8", true)]
    [DataRow("::127.0.0.1", false)]
    [DataRow("64:ff9b::7f00:1", false)]
    [DataRow("2002:7f00:1::", false)]
    [DataRow("2001::1", false)]
    [DataRow("fe80::1%1", false)]
    [DataRow("fc00::1", false)]
    [DataRow("ff02::1", false)]
    [DataRow("2001:db8::1", false)]
    public void PublicAddress_IsWhatAnybodyCanReach(string address, bool expected) =>
        Assert.AreEqual(expected, PublicAddress.Is(IPAddress.Parse(address)));

    [TestMethod]
    public void Redirect_IsHandedToTheGuest()
    {
        using var server = new LoopbackServer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        var result = Call(Weather, "today", "", Mapped(server.Port), Grant(Api));

        StringAssert.Contains(result.Output(), "\"status\":302");
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    [Timeout(30_000)]
    public void SlowAnswer_EndsWithTheCall()
    {
        using var server = new LoopbackServer(async stream =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx"u8.ToArray());
            await Task.Delay(TimeSpan.FromSeconds(60));
        });

        var result = Call(Weather, "today", "", Mapped(server.Port), Grant(Api), new GuestLimits { Time = TimeSpan.FromMilliseconds(300) });

        Assert.AreEqual("limit.time", result.Stop?.Code);
    }

    [TestMethod]
    public void NoAnswer_IsTheGuestsErrorWithoutDetails()
    {
        int port;
        using (var server = new LoopbackServer(""))
        {
            port = server.Port;
        }

        var stop = Call(Weather, "today", "", Mapped(port), Grant(Api)).Stop!;

        Assert.AreEqual("guest.error", stop.Code);
        Assert.AreEqual("the request to api.weather.test failed: no answer from the host", stop.Message);
    }
}
