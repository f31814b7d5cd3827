using PluginHost.Capabilities;
using PluginHost.Skills;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Hosting;

/// <summary>What the host allows at most, by options and by file; and grants as things that can be printed and compared.</summary>
[TestClass]
public sealed class PolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private SkillHostOptions Policy(string text)
    {
        File.WriteAllText(_folder["policy.toml"], text);
        var options = SkillHostOptions.FromPolicy(_folder["policy.toml"]);
        options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept);
        return options;
    }

    private static string Key => Convert.ToHexStringLower(TestHosts.Key.PublicKey);

    [TestMethod]
    public async Task File_SaysWhatOptionsSay()
    {
        var options = Policy($"""
            schema = 1
            withdrawn = ["random"]
            strict_imports = true
            [http]
            hosts = ["API.test"]
            [resolve]
            "api.test:443" = "http://127.0.0.1:8080"
            [trusted_publishers]
            acme = ["{Key}"]
            [limits]
            call_time_ms = 1234
            call_fuel = 77
            queued_calls = 3
            """);

        Assert.IsTrue(options.WithdrawnCapabilities.Single() == Capability.Random && options.StrictImports && !options.AllowTrustOnFirstUse);
        CollectionAssert.AreEqual(new[] { "api.test" }, options.AllowedHosts!.ToArray());
        Assert.AreEqual("http://127.0.0.1:8080", options.Resolve["api.test:443"]);
        Assert.AreEqual((TimeSpan.FromMilliseconds(1234), 77L, 3, 4), (options.Limits.CallTime, options.Limits.CallFuel, options.Limits.QueuedCalls, options.Limits.ConcurrentLoads));
        await using var host = SkillHost.Create(options);
        Assert.AreEqual("limit.fuel", (await Assert.ThrowsExactlyAsync<SkillLimitException>(() => host.LoadSkill(Fixtures.Skill("greeter")).CallAsync("acme.greeter.greet", "x"))).Code);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("schema = 2")]
    [DataRow("schema = 1\nother = 1")]
    [DataRow("schema = 1\nwithdrawn = [\"everything\"]")]
    [DataRow("schema = 1\n[limits]\ncall_fuel = 0")]
    [DataRow("schema = 1\n[limits]\ncall_time_ms = 99999999999")]
    [DataRow("schema = 1\n[resolve]\n\"a:1\" = 2")]
    [DataRow("not toml")]
    public void File_ThatBreaksARule_IsRefused(string text) =>
        Assert.AreEqual("state.policy", Assert.ThrowsExactly<SkillStateException>(() => Policy(text)).Code);

    [TestMethod]
    public void File_ThatIsMissing_IsRefused() =>
        Assert.AreEqual("state.policy", Assert.ThrowsExactly<SkillStateException>(() => SkillHostOptions.FromPolicy(_folder["none"])).Code);

    [TestMethod]
    public async Task Host_ThatThePolicyDoesNotAllow_IsNotGranted()
    {
        var package = new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(call $out (call $http {«\"url\":\"https://api.test/\"»} (i64.const 0)))") },
            Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]",
        };
        await using var host = TestHosts.Create(options => options.AllowedHosts = new HashSet<string> { "other.test" });
        var skill = host.LoadSkill(package.Write(_folder));

        Assert.IsEmpty(skill.Capabilities);
        Assert.AreEqual("capability.denied", (await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.run", ""))).Code);
    }

    [TestMethod]
    public void Import_WithoutAGrant_IsRefusedAtLoad_WhereThePolicyIsStrict()
    {
        var package = new TestPackage { Modules = new() { ["m"] = GuestText.Of("") } };
        var strict = TestHosts.Create(options => options.StrictImports = true);

        var refused = Assert.ThrowsExactly<SkillVerificationException>(() => strict.LoadSkill(package.Write(_folder)));
        Assert.AreEqual("policy.import", refused.Code);
        StringAssert.Contains(refused.Message, "http_request, which needs http.egress");
        Assert.IsNotNull(TestHosts.Create().LoadSkill(package.Write(_folder)));
        Assert.IsNotNull(strict.LoadSkill((package with { Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\"]" }).Write(_folder)));
    }

    private SkillGrant Grant(string capabilities, string manifest = "")
    {
        var package = new TestPackage
        {
            Manifest = "[capabilities]\nhttp_egress_allowlist = [\"api.test\", \"b.test\"]\n[capabilities.filesystem]\nread_roots = [\"in\"]\nwrite_roots = [\"out\"]\n" + manifest,
            Capabilities = capabilities,
        };
        return TestHosts.Create().LoadSkill(package.Write(_folder)).Grants["acme.run"];
    }

    [TestMethod]
    [DataRow("[http.a]\nhost = \"api.test\"\npath_prefix = \"/v1/x\"\nmethods = [\"GET\"]", "[http.a]\nhost = \"api.test\"\npath_prefix = \"/v1\"", true)]
    [DataRow("[http.a]\nhost = \"api.test\"", "[http.a]\nhost = \"api.test\"\nmethods = [\"GET\"]", false)]
    [DataRow("[http.a]\nhost = \"api.test\"\nmethods = [\"GET\", \"PUT\"]", "[http.a]\nhost = \"api.test\"\nmethods = [\"GET\"]", false)]
    [DataRow("[http.a]\nhost = \"api.test\"\npath_prefix = \"/v10\"", "[http.a]\nhost = \"api.test\"\npath_prefix = \"/v1\"", false)]
    [DataRow("[http.a]\nhost = \"b.test\"", "[http.a]\nhost = \"api.test\"", false)]
    [DataRow("[http.a]\nhost = \"api.test\"\nredirects = true", "[http.a]\nhost = \"api.test\"", false)]
    [DataRow("[files.f]\npath = \"out\"\naccess = \"read\"", "[files.f]\npath = \"out\"\naccess = \"write\"", true)]
    [DataRow("[files.f]\npath = \"out\"\naccess = \"write\"", "[files.f]\npath = \"out\"\naccess = \"read\"", false)]
    [DataRow("[files.f]\npath = \"out\"\naccess = \"write\"", "[files.f]\npath = \"out\"\naccess = \"write\"\nmax_bytes = 5", false)]
    [DataRow("[variables]\nmax_bytes = 100000", "[variables]\nmax_bytes = 100001", true)]
    [DataRow("[variables]\nmax_bytes = 100001", "[variables]\nmax_bytes = 100000", false)]
    [DataRow("[clock]\nprecision_ms = 100", "", true)]
    [DataRow("", "[clock]\nprecision_ms = 100", false)]
    [DataRow("[calls]\ntools = [\"x\"]", "", false)]
    public void Grants_AreCompared(string one, string other, bool isSubset)
    {
        var (grant, wider) = (Grant(one), Grant(other));

        Assert.AreEqual(isSubset, grant.IsSubsetOf(wider), $"{grant}\n--\n{wider}");
        Assert.AreEqual(isSubset, grant.Except(wider).Count == 0);
        Assert.IsTrue(grant.IsSubsetOf(grant) && wider.IsSubsetOf(wider));
    }

    [TestMethod]
    public void Grant_OfARootThatIsMappedReadOnly_IsOneForReading()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories of the machine are mapped on Linux only");
        }

        var package = new TestPackage { Manifest = "[capabilities.filesystem]\nwrite_roots = [\"out\"]" };
        var load = new SkillLoadOptions { Directories = { ["out"] = new MappedDirectory(_folder.Path, IsReadOnly: true) } };
        var path = package.Write(_folder);

        StringAssert.Contains(TestHosts.Create().LoadSkill(path).Grants["acme.run"].ToString(), "filesystem.write  /out");
        StringAssert.Contains(TestHosts.Create().LoadSkill(path, load).Grants["acme.run"].ToString(), "filesystem.read  /out");
    }

    [TestMethod]
    public void Grant_IsPrinted()
    {
        var text = Grant("[http.a]\nhost = \"api.test\"\npath_prefix = \"/v1\"\nmethods = [\"GET\"]\n[files.f]\npath = \"out\"\naccess = \"write\"\nmax_bytes = 5").ToString();

        StringAssert.Contains(text, "http.egress  https://api.test:443/v1  (GET)");
        StringAssert.Contains(text, "filesystem.write  /out  (at most 5 bytes)");
        StringAssert.Contains(text, "clock  1 ms");
    }
}
