using System.Net.Sockets;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Http;
using PluginHost.Sandbox;
using PluginHost.Tests.Extism;
using static PluginHost.Tests.Extism.ExtismGuests;

namespace PluginHost.Tests.Http;

/// <summary>Redirects that a grant follows, and secrets in other places than headers.</summary>
[TestClass]
public sealed class RedirectTests
{
    private static readonly HttpGrant Api = new() { Host = "a.test", PathPrefix = "/v1/", FollowsRedirects = true, Secret = SecretUse.InHeader("global/T", "X-Key", "") };

    private static LoopbackServer Answers(params string[] answers)
    {
        var next = 0;
        return new LoopbackServer((NetworkStream stream) => stream.WriteAsync(Encoding.ASCII.GetBytes(answers[Math.Min(next++, answers.Length - 1)])).AsTask());
    }

    private static string To(string location, int status = 302) => $"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private static GuestResult Get(string url, int port, params HttpGrant[] grants) => Call(
        Weather, "anywhere", url,
        new ExtismSettings { Resolve = ResolveMap.Parse([("a.test:443", $"http://127.0.0.1:{port}"), ("b.test:443", $"http://127.0.0.1:{port}")]), Secrets = _ => "s3cr3t" },
        new EffectiveGrant { Http = [.. grants], Secrets = ["global/T"] });

    [TestMethod]
    public void Hop_WithinTheGrant_IsFollowed_AndDemanded()
    {
        using var server = Answers(To("next?x=1"), LoopbackServer.Ok("there"));

        var result = Get("https://a.test/v1/start", server.Port, Api);

        Assert.AreEqual("""{"status":200,"body":"there"}""", result.Output());
        StringAssert.StartsWith(server.Requests[1], "GET /v1/next?x=1 HTTP/1.1\r\n");
        StringAssert.Contains(server.Requests[1], "X-Key: s3cr3t\r\n");
    }

    [TestMethod]
    [DataRow("https://evil.test/v1/", "the host is not granted")]
    [DataRow("https://a.test/v2/", "the path is not at or below /v1/")]
    [DataRow("http://a.test/v1/", "the scheme http is not granted, https is")]
    [DataRow("//127.0.0.1/v1/", "the host is not granted")]
    [DataRow("file:///etc/passwd", "the redirect leads to no URL that can be granted")]
    [DataRow("https://user@a.test/v1/", "the redirect leads to no URL that can be granted")]
    public void Hop_OutsideTheGrant_IsDenied_AndNothingIsSent(string location, string rule)
    {
        using var server = Answers(To(location), LoopbackServer.Ok("leaked"));

        var result = Get("https://a.test/v1/start", server.Port, Api);

        Assert.AreEqual(rule, result.Denials.Single().Rule);
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    public void Hop_ToAnotherGrantedHost_CarriesThatGrantsSecretOnly()
    {
        using var server = Answers(To("https://b.test/"), LoopbackServer.Ok("there"));

        Get("https://a.test/v1/start", server.Port, Api, new HttpGrant { Host = "b.test" });

        Assert.IsFalse(server.Requests[1].Contains("s3cr3t", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Hops_WithoutEnd_AreEnded()
    {
        using var server = Answers(To("again"));

        var result = Get("https://a.test/v1/start", server.Port, Api);

        StringAssert.Contains(result.Stop!.Message, "more than 10 redirects");
        Assert.HasCount(11, server.Requests);
    }

    [TestMethod]
    public void Redirect_OfAGrantThatDoesNotFollow_IsTheGuests()
    {
        using var server = Answers(To("next"));

        Assert.AreEqual("""{"status":302,"body":""}""", Get("https://a.test/v1/start", server.Port, Api with { FollowsRedirects = false }).Output());
        Assert.HasCount(1, server.Requests);
    }

    [TestMethod]
    [DataRow(301, "POST", "GET")]
    [DataRow(302, "PUT", "PUT")]
    [DataRow(303, "PUT", "GET")]
    [DataRow(303, "HEAD", "HEAD")]
    [DataRow(307, "POST", "POST")]
    public void Method_AfterARedirect_IsThatOfTheRfc(int status, string before, string after)
    {
        var request = new GuestHttpRequest(HttpTarget.Parse(before, "https://a.test/")!, [("Content-Type", "x"), ("Authorization", "mine")], [1]);

        var next = request.Redirected(status, HttpTarget.Parse(request.MethodAfter(status), "https://b.test/")!);

        Assert.AreEqual(after, next.Target.Method);
        Assert.AreEqual(before == after ? 1 : 0, next.Body.Length);
        CollectionAssert.AreEqual(before == after ? new[] { "Content-Type" } : [], next.Headers.Select(header => header.Name).ToArray());
    }

    [TestMethod]
    public void Secret_InTheQuery_IsTheHostsAlone()
    {
        using var server = Answers(LoopbackServer.Ok(""));
        var grant = new HttpGrant { Host = "a.test", Secret = new SecretUse("global/T", SecretPlacement.Query, "key", "") };

        Get("https://a.test/x?city=1", server.Port, grant);
        StringAssert.StartsWith(server.Requests[0], "GET /x?city=1&key=s3cr3t HTTP/1.1\r\n");
        Get("https://a.test/x", server.Port, grant);
        StringAssert.StartsWith(server.Requests[1], "GET /x?key=s3cr3t HTTP/1.1\r\n");

        foreach (var url in new[] { "https://a.test/x?key=mine", "https://a.test/x?a=1&k%65y=mine", "https://a.test/x?KEY" })
        {
            Assert.AreEqual("the query parameter key carries a secret that the host injects", Get(url, server.Port, grant).Denials.Single().Rule);
        }

        Assert.HasCount(2, server.Requests);
    }

    [TestMethod]
    public void Secret_AsAPassword_IsBasicAuthentication()
    {
        using var server = Answers(LoopbackServer.Ok(""));

        Get("https://a.test/", server.Port, new HttpGrant { Host = "a.test", Secret = new SecretUse("global/T", SecretPlacement.Basic, "user", "") });

        StringAssert.Contains(server.Requests[0], $"Authorization: Basic {Convert.ToBase64String("user:s3cr3t"u8)}\r\n");
    }
}
