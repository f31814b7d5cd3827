using System.Text;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Secrets;
using PluginHost.Tests.Extism;
using PluginHost.Tests.Http;

namespace PluginHost.Tests.Hosting;

/// <summary>Secrets that guests may read, and secrets that turn up where they do not belong.</summary>
[TestClass]
public sealed class SecretTests : IDisposable
{
    private const string Value = "s3cret/+value with=\"stuff\"";
    private const string Name = "global/API";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TestPackage Package(string body, string capabilities) => new()
    {
        Modules = new() { ["m"] = GuestText.Of(body) },
        Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]\n[[capabilities.secrets]]\nscope = \"global\"\nkey_names = [\"API\", \"OTHER\", \"EMPTY\"]",
        Capabilities = capabilities,
    };

    private const string Readable = "[secrets_read]\nkeys = [\"global/API\", \"global/EMPTY\"]\n[http.api]\nhost = \"api.test\"\n";
    private const string Injected = "[http.api]\nhost = \"api.test\"\n[http.api.secret]\nuse = \"global/API\"\nheader = \"X-Key\"\n";

    private async Task<SkillCallResult> Call(TestPackage package, int port = 1, Action<SkillHostOptions>? configure = null)
    {
        await using var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Secrets = name => name switch { "global/API" => Value, "global/OTHER" => "other value", _ => null };
            options.Resolve["api.test:443"] = $"http://127.0.0.1:{port}";
            configure?.Invoke(options);
        });
        return await host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", "");
    }

    private string Log => File.ReadAllText(_folder["log"]);

    [TestMethod]
    public async Task Secret_ThatMayBeRead_IsASetting_OnRecordWithoutItsValue()
    {
        Assert.AreEqual(Value, (await Call(Package($"(call $out (call $config {{{Name}}}))", Readable))).Text);

        StringAssert.Contains(Log, "\"capability\":\"secrets.read\",\"resource\":\"global/API\",\"decision\":\"allow\"");
        Assert.IsFalse(Log.Contains("s3cret", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("global/OTHER")]
    [DataRow("global/EMPTY")]
    [DataRow("global/NONE")]
    [DataRow("skill:acme.test/API")]
    public async Task Secret_UnknownOrNotGranted_IsDeniedAlike(string name)
    {
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(Package($"(call $out (call $config {{{name}}}))", Readable)));

        Assert.AreEqual((Capability.SecretsRead, name, "the secret is unknown or not granted"), (denied.Capability, denied.Resource, denied.Rule));
    }

    [TestMethod]
    public async Task Consent_ToReading_IsLoud()
    {
        ConsentRequest? asked = null;
        await Call(Package("", Readable), configure: options => options.Consent = (request, _) =>
        {
            asked = request;
            return ValueTask.FromResult(ConsentDecision.Accept);
        });

        StringAssert.Contains(asked!.ToString(), "secrets.read  global/API  (THE SKILL SEES THE VALUE");
    }

    public static IEnumerable<object[]> Forms()
    {
        var bytes = Encoding.UTF8.GetBytes(Value);
        yield return [Value];
        yield return ["x" + Convert.ToBase64String(bytes) + "y"];
        yield return [Convert.ToBase64String([1, .. bytes, 2, 3])];
        yield return [Convert.ToBase64String([1, 2, .. bytes, 4])];
        yield return [Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_').TrimEnd('=')];
        yield return [Convert.ToHexString(bytes)];
        yield return [Convert.ToHexStringLower(bytes)];
        yield return [Uri.EscapeDataString(Value)];
        yield return [Uri.EscapeDataString(Value).ToLowerInvariant()];
        yield return [string.Concat(bytes.Select(b => $"%{b:x2}"))];
        yield return [System.Text.Json.JsonSerializer.Serialize(new { echo = Value })];
        yield return ["{\"echo\":\"" + Value.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}"];
    }

    [TestMethod]
    [DynamicData(nameof(Forms))]
    public async Task Answer_ThatHoldsTheSecret_InWhateverForm_IsDenied(string body)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok($"<p>{body}</p>"));

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(
            Package("(call $out (call $http {«\"url\":\"https://api.test/\"»} (i64.const 0)))", Injected), server.Port));

        Assert.AreEqual((Capability.SecretsUse, Name), (denied.Capability, denied.Resource));
        StringAssert.Contains(server.Requests[0], $"X-Key: {Value}");
        Assert.IsFalse(denied.ToString().Contains("s3cret", StringComparison.Ordinal) || Log.Contains("s3cret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Answer_WithTheSecretInAHeader_IsDenied()
    {
        using var server = new LoopbackServer($"HTTP/1.1 200 OK\r\nX-Echo: {Value}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(
            Package("(call $out (call $http {«\"url\":\"https://api.test/\"»} (i64.const 0)))", Injected), server.Port));
    }

    [TestMethod]
    [DataRow("{«\"url\":\"https://api.test/?k=s3cret%2F%2Bvalue%20with%3D%22stuff%22\"»} (i64.const 0)")]
    [DataRow("{«\"url\":\"https://api.test/?k=%73%33cret%2F%2Bvalue%20with%3D%22stuff%22\"»} (i64.const 0)")]
    [DataRow("{«\"url\":\"https://api.test/\",\"headers\":«\"a\":\"s3cret/+value with=\\\"stuff\\\"\"»»} (i64.const 0)")]
    [DataRow("{«\"url\":\"https://api.test/\",\"method\":\"POST\"»} (call $config {global/API})")]
    public async Task Request_ThatCarriesAReadSecret_IsDenied(string request)
    {
        using var server = new LoopbackServer(LoopbackServer.Ok(""));

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call(Package($"(drop (call $http {request}))", Readable), server.Port));

        Assert.AreEqual("the request holds the value of secret global/API", denied.Rule);
        Assert.IsEmpty(server.Requests);
        Assert.IsFalse(Log.Contains("s3cret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Log_AndError_WithASecret_AreWithheld()
    {
        var messages = new List<string>();
        var failed = await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Call(
            Package("(call $log (call $config {global/API})) (call $log {plain}) (call $error_set (call $config {global/API}))", Readable),
            configure: options => options.Log = message => messages.Add(message.Text)));

        CollectionAssert.AreEqual(new[] { "(withheld: it holds a secret)", "plain" }, messages);
        Assert.AreEqual("(withheld: it holds a secret)", failed.Message);
    }

    [TestMethod]
    public async Task Headers_OfTheAnswer_ReachTheGuest_WithoutCookies()
    {
        using var server = new LoopbackServer("HTTP/1.1 200 OK\r\nX-One: 1\r\nSet-Cookie: a=b\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");

        var text = (await Call(Package("(drop (call $http {«\"url\":\"https://api.test/\"»} (i64.const 0))) (call $out (call $headers))", "[http.api]\nhost = \"api.test\"\n"), server.Port)).Text;

        StringAssert.Contains(text, "\"x-one\":\"1\"");
        StringAssert.Contains(text, "\"content-type\":\"text/plain\"");
        Assert.IsFalse(text.Contains("cookie", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Sources_AreVariablesFilesAndFunctions_TheFirstThatKnows()
    {
        File.WriteAllText(_folder["token"], "from a file\n");
        Environment.SetEnvironmentVariable("PLUGINHOST_TEST_SECRET", "from a variable");
        var source = SecretSource.First(
            SecretSource.Environment(new Dictionary<string, string> { ["global/A"] = "PLUGINHOST_TEST_SECRET", ["global/D"] = "PLUGINHOST_TEST_NONE" }),
            SecretSource.Files(new Dictionary<string, string> { ["global/A"] = _folder["token"], ["global/B"] = _folder["token"], ["global/E"] = _folder["none"] }),
            name => name == "global/C" ? "from a vault" : null);

        Assert.AreEqual(("from a variable", "from a file", "from a vault"), (source("global/A"), source("global/B"), source("global/C")));
        Assert.AreEqual((null, null, null), (source("global/D"), source("global/E"), source("global/F")));
        File.WriteAllText(_folder["token"], "changed");
        Assert.AreEqual("changed", source("global/B"));
    }

    [TestMethod]
    public void Value_TooShortToMean_IsNotLookedFor() => Assert.IsFalse(new SecretForms("abc").AreIn("xxabcxx"u8));
}
