using PluginHost.Capabilities;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Hosting;

/// <summary>What a host function may do on behalf of the skill that calls it: what the tool was granted, on record, while the call lasts.</summary>
[TestClass]
public sealed class HostFunctionDemandTests : IDisposable
{
    private const string Net = "[http.api]\nhost = \"api.test\"\nmethods = [\"GET\"]\npath_prefix = \"/v1\"\n";
    private const string NetManifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]";
    private const string Cache = "[files.cache]\npath = \"cache\"\naccess = \"write\"\nmax_bytes = 100_000\n";
    private const string FilesManifest = "[capabilities.filesystem]\nread_roots = [\"cache\"]\nwrite_roots = [\"cache\"]";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<SkillCallResult> Call(Func<string, HostFunctionCall, string> function, string capabilities = "", string manifest = "", Action<SkillHostOptions>? configure = null)
    {
        await using var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Functions.Add("acme.do", function);
            configure?.Invoke(options);
        });
        var package = new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(call $out (call $do {in}))", """(import "acme" "do" (func $do (param i64) (result i64)))""") },
            Capabilities = $"[host]\nfunctions = [\"acme.do\"]\n{capabilities}",
            Manifest = manifest,
        };
        return await host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", "");
    }

    private string Log => File.ReadAllText(_folder["log"]);

    [TestMethod]
    [DataRow("https://api.test/v1/x?q=1", "https://api.test/v1/x?q=1")]
    [DataRow("GET HTTPS://API.test:443/v1/a/../x", "https://api.test/v1/x")]
    public async Task Url_ThatIsGranted_ComesBackCanonical_AndIsOnRecord(string asked, string canonical)
    {
        Assert.AreEqual(canonical, (await Call((_, call) => call.Demand(Capability.HttpEgress, asked), Net, NetManifest)).Text);
        StringAssert.Contains(Log, "\"resource\":\"GET https://api.test:443/v1/x");
        StringAssert.Contains(Log, "left to host function acme.do");
    }

    [TestMethod]
    [DataRow("POST https://api.test/v1/x")]
    [DataRow("https://api.test/v2")]
    [DataRow("https://api.test/v1/../v2")]
    [DataRow("http://api.test/v1/x")]
    [DataRow("https://api.test.evil/v1/x")]
    [DataRow("https://user@api.test/v1")]
    [DataRow("file:///etc/passwd")]
    [DataRow("")]
    public async Task Url_ThatIsNot_EndsTheCallAsADenial(string asked)
    {
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) => call.Demand(Capability.HttpEgress, asked), Net, NetManifest));
        Assert.AreEqual(Capability.HttpEgress, denied.Capability);
        Assert.AreEqual(1, denied.Receipt!.HostCalls[Capability.HttpEgress].Denied);
        StringAssert.Contains(Log, "\"outcome\":\"denied: http.egress\"");
    }

    [TestMethod]
    public async Task Denial_ThatAFunctionSwallows_EndsTheCallAllTheSame()
    {
        var wentOn = false;
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) =>
        {
            try
            {
                return call.Demand(Capability.SecretsRead, "acme/key");
            }
            catch (Exception)
            {
                wentOn = true;
                return "as if nothing had been";
            }
        }));
        Assert.IsTrue(wentOn);
        Assert.AreEqual("acme/key", denied.Resource);
    }

    [TestMethod]
    public async Task Denial_InsideAnotherException_EndsTheCallAsItself()
    {
        await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) =>
        {
            try
            {
                return call.Demand(Capability.SkillCall, "other.tool");
            }
            catch (CapabilityDeniedException e)
            {
                throw new InvalidOperationException("wrapped", e);
            }
        }));
    }

    [TestMethod]
    public async Task Files_AreThoseOfTheSkill()
    {
        var result = await Call(
            (_, call) =>
            {
                call.Files.WriteAllText("/cache/a.txt", "grüße");
                call.Files.WriteAllBytes("/cache/b", [1, 2]);
                return call.Files.ReadAllText("/cache/./a.txt") + call.Files.ReadAllBytes("/cache//b").Length;
            },
            Cache,
            FilesManifest);

        Assert.AreEqual("grüße2", result.Text);
        StringAssert.Contains(Log, "\"capability\":\"filesystem.write\",\"resource\":\"/cache/a.txt\"");
        StringAssert.Contains(Log, "\"capability\":\"filesystem.read\",\"resource\":\"/cache/b\"");
        Assert.AreEqual((2, 9L), ((int)result.Receipt.HostCalls[Capability.FilesystemRead].Uses, result.Receipt.HostCalls[Capability.FilesystemRead].Bytes));
    }

    [TestMethod]
    [DataRow("/etc/passwd")]
    [DataRow("/cache/../etc/passwd")]
    [DataRow("/cachex/a")]
    [DataRow("cache/a")]
    [DataRow("\\cache\\a")]
    [DataRow("/cache/a\0b")]
    [DataRow("")]
    public async Task Files_ElsewhereAreDenied(string path)
    {
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) => call.Files.ReadAllText(path), Cache, FilesManifest));
        Assert.AreEqual(Capability.FilesystemRead, denied.Capability);
        denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) => call.Demand(Capability.FilesystemWrite, path), Cache, FilesManifest));
        Assert.AreEqual(Capability.FilesystemWrite, denied.Capability);
    }

    [TestMethod]
    public async Task File_OfTheMachine_IsReachedByNoLink()
    {
        var mapped = _folder["mapped"];
        Directory.CreateDirectory(mapped);
        File.WriteAllText(_folder["outside"], "secret");
        File.CreateSymbolicLink(Path.Combine(mapped, "link"), _folder["outside"]);
        File.WriteAllText(Path.Combine(mapped, "inside"), "fine");
        await using var host = TestHosts.Create(options => options.Functions.Add("acme.do", (string path, HostFunctionCall call) => call.Files.ReadAllText(path)));
        var reads = 0;
        async Task<string> Read(string name)
        {
            var package = new TestPackage
            {
                Version = $"1.0.{reads++}",
                Modules = new() { ["m"] = GuestText.Of($$"""(call $out (call $do {/cache/{{name}}}))""", """(import "acme" "do" (func $do (param i64) (result i64)))""") },
                Capabilities = "[host]\nfunctions = [\"acme.do\"]\n" + Cache,
                Manifest = FilesManifest,
            };
            var options = new SkillLoadOptions();
            options.Directories["cache"] = new MappedDirectory(mapped);
            return (await host.LoadSkill(package.Write(_folder), options).CallAsync("acme.run", "")).Text;
        }

        Assert.AreEqual("fine", await Read("inside"));
        Assert.IsInstanceOfType<IOException>((await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Read("link"))).InnerException);
        Assert.IsInstanceOfType<FileNotFoundException>((await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Read("none"))).InnerException);
        Assert.IsInstanceOfType<IOException>((await Assert.ThrowsExactlyAsync<SkillGuestException>(() => Read("."))).InnerException);
    }

    [TestMethod]
    public async Task Demand_AfterTheFunctionHasEnded_IsRefused()
    {
        HostFunctionCall? kept = null;
        await Call((_, call) =>
        {
            kept = call;
            return "x";
        });

        Assert.ThrowsExactly<InvalidOperationException>(() => kept!.Demand(Capability.Clock, "now"));
        Assert.ThrowsExactly<InvalidOperationException>(() => kept!.Files.ReadAllBytes("/cache/a"));
    }

    [TestMethod]
    public async Task Demands_FromManyThreads_AreEachOnRecord()
    {
        var result = await Call((_, call) =>
        {
            Parallel.For(0, 200, _ => call.Demand(Capability.HttpEgress, "https://api.test/v1/x"));
            return "done";
        }, Net, NetManifest);

        Assert.AreEqual(200, result.Receipt.HostCalls[Capability.HttpEgress].Uses);
    }

    [TestMethod]
    public async Task QuietCapability_CanBeDemanded_AndWithdrawn()
    {
        Assert.AreEqual("now", (await Call((_, call) => call.Demand(Capability.Clock, "now"))).Text);
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => Call((_, call) => call.Demand(Capability.Clock, "now"), configure: options => options.WithdrawnCapabilities.Add(Capability.Clock)));
        Assert.AreEqual(Capability.Clock, denied.Capability);
    }

    [TestMethod]
    public async Task SpanFunction_ThatRequiresACapability_NeedsIt()
    {
        await using var host = TestHosts.Create(options => options.Functions.Add("acme.do", [RequiresCapability("http.egress")] (input, _) => input.ToArray()));
        var package = new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(call $out (call $do {in}))", """(import "acme" "do" (func $do (param i64) (result i64)))""") },
            Capabilities = "[host]\nfunctions = [\"acme.do\"]\n",
        };
        Assert.AreEqual(Capability.HttpEgress, (await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(package.Write(_folder)).CallAsync("acme.run", ""))).Capability);
        Assert.ThrowsExactly<ArgumentException>(() => new HostFunctions().Add("a", [RequiresCapability("nonsense")] (input, _) => input.ToArray()));
    }

    [TestMethod]
    public void SecretValue_ShowsItselfOnlyWhenAsked()
    {
        var secret = new SecretValue("t0ken");
        Assert.AreEqual("[secret] [secret] t0ken", $"{secret} {secret.Redacted} {secret.Reveal()}");
        Assert.ThrowsExactly<ArgumentNullException>(() => new SecretValue(null!));
    }
}
