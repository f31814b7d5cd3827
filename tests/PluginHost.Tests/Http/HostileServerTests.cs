using System.Collections.Immutable;
using System.IO.Compression;
using System.Net;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Http;
using PluginHost.Sandbox;
using PluginHost.Tests.Extism;
using PluginHost.Wasm.Text;

namespace PluginHost.Tests.Http;

/// <summary>Servers that answer in bad faith: the guest gets an error of one kind, within its time and memory.</summary>
[TestClass]
public sealed class HostileServerTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";

    private static readonly SandboxedModule Getter = SandboxedModule.Load(TextModule.Encode(
        GuestText.Of("(call $out (call $http {«\"url\":\"https://api.test/\"»} (i64.const 0)))")));

    private static GuestResult Get(Func<System.Net.Sockets.NetworkStream, Task> answer, int milliseconds = 10_000)
    {
        using var server = new LoopbackServer(answer);
        return ExtismGuests.Call(
            Getter, "run", "",
            new ExtismSettings
            {
                Resolve = new ResolveMap(ImmutableDictionary<(string, int), ResolvedEndpoint>.Empty.Add(
                    ("api.test", 443), new ResolvedEndpoint(new IPEndPoint(IPAddress.Loopback, server.Port), Plain: true))),
            },
            new EffectiveGrant { Http = [new HttpGrant { Host = "api.test" }] },
            new GuestLimits { Time = TimeSpan.FromMilliseconds(milliseconds), MemoryBytes = 16 * 1024 * 1024 });
    }

    private static GuestResult Get(string head, byte[]? body = null) => Get(async stream =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
        await stream.WriteAsync(body ?? []);
    });

    private static byte[] Gzip(int bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (var i = 0; i < bytes >> 20; i++)
            {
                gzip.Write(zeros);
            }
        }

        return packed.ToArray();
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("\r\n\r\n")]
    [DataRow("HTTP/0.9 200 OK\r\n\r\n")]
    [DataRow("HTTP/1.1 OK\r\n\r\n")]
    [DataRow("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")]
    [DataRow("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [DataRow("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n")]
    [DataRow("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [DataRow("HTTP/1.1 200 OK\r\nNo colon\r\n\r\n")]
    [DataRow("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!")]
    [DataRow("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\n\u00ff\u00ff\u00ff\u00ff")]
    [DataRow("HTTP/1.1 200 OK\r\n\u0001: x\r\n\r\n")]
    [Timeout(60_000)]
    public void Answer_ThatIsNone_IsAnErrorOfOneKind(string answer)
    {
        var stop = Get(answer).Stop;

        Assert.AreEqual("guest.error", stop?.Code);
        Assert.AreEqual("the request to api.test failed: no answer from the host", stop!.Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Headers_BeyondTheirBound_AreAnError() =>
        Assert.AreEqual("guest.error", Get(Ok + string.Concat(Enumerable.Repeat("X: y\r\n", 100_000)) + "\r\n").Stop?.Code);

    [TestMethod]
    [Timeout(60_000)]
    public void Gzip_ThatGrows_IsBoundedByWhatTheGuestHasLeft()
    {
        var body = Gzip(256 << 20);
        var stop = Get($"{Ok}Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n", body).Stop;

        Assert.AreEqual("guest.error", stop?.Code);
        StringAssert.Contains(stop!.Message, "is larger than the");
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Gzip_ReachesTheGuestDecoded()
    {
        var body = Gzip(1 << 20);

        Assert.HasCount(1 << 20, Get($"{Ok}Content-Encoding: gzip\r\nContent-Length: {body.Length}\r\n\r\n", body).Output);
    }

    [TestMethod]
    [Timeout(60_000)]
    [DataRow("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n")]
    [DataRow(Ok + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")]
    [DataRow(Ok + "\r\n", "x")]
    [DataRow(Ok, "X: y\r\n")]
    public void Drip_WithoutEnd_EndsWithTheCall(string head, string drop)
    {
        var result = Get(
            async stream =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                while (true)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(drop));
                    await Task.Delay(20);
                }
            },
            500);

        Assert.AreEqual("limit.time", result.Stop?.Code);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Server_ThatNeverAnswers_EndsWithTheCall() =>
        Assert.AreEqual("limit.time", Get(stream => Task.Delay(TimeSpan.FromSeconds(30)), 300).Stop?.Code);
}
