using PluginHost.Skills;
using PluginHost.State;

namespace PluginHost.Tests.Hosting;

/// <summary>Packages, callbacks and states that a review broke the gate with.</summary>
[TestClass]
public sealed class HardenedLoadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> CodeOf(TestPackage package, Action<SkillHostOptions>? configure = null)
    {
        await using var host = TestHosts.Create(configure);
        var path = package.Write(_folder);
        return Assert.Throws<SkillException>(() => host.LoadSkill(path)).Code;
    }

    [TestMethod]
    [DataRow("con")]
    [DataRow("a.")]
    [DataRow("x/nul")]
    public async Task Root_ThatNoDirectoryMayBeNamed_IsRefusedAtLoad(string root) => Assert.AreEqual(
        "policy.root", await CodeOf(new TestPackage { Manifest = $"[capabilities.filesystem]\nwrite_roots = [\"{root}\"]" }));

    [TestMethod]
    public void Schema_DeeperThanJson_IsRefused()
    {
        var path = string.Join('.', Enumerable.Repeat("a", 40));
        var package = new TestPackage { Schema = $"{{ {path} = {{ {path} = 1 }} }}" };

        Assert.AreEqual("manifest.toml", Assert.ThrowsExactly<SkillVerificationException>(() => package.Build()).Code);
    }

    [TestMethod]
    [DataRow("methods = []")]
    [DataRow("path_prefix = \"/{long}\"")]
    [DataRow("[http.a.secret]\nuse = \"global/T\"\nheader = \"Content-Type\"")]
    [DataRow("[http.a.secret]\nuse = \"global/T\"\nheader = \"Host\"")]
    [DataRow("[http.a.secret]\nuse = \"global/T\"\nbasic = \"a:b\"")]
    [DataRow("[environment]\nkeys = [\"A=B\"]")]
    [DataRow("[http.log]\nhost = \"h.test\"")]
    public void Section_ThatMeansNothingOrTooMuch_IsRefused(string text)
    {
        var package = new TestPackage
        {
            Manifest = "[capabilities]\nhttp_egress_allowlist = [\"h.test\"]\n[[capabilities.secrets]]\nscope = \"global\"\nkey_names = [\"T\"]",
            Capabilities = "[http.a]\nhost = \"h.test\"\n" + text.Replace("{long}", new string('a', 2000), StringComparison.Ordinal),
        };

        Assert.AreEqual("manifest.value", Assert.Throws<SkillVerificationException>(() => package.Build()).Code);
    }

    [TestMethod]
    public async Task Consent_ThatSaysNothingOrFails_IsARefusalOnRecord()
    {
        Assert.AreEqual("consent.refused", await CodeOf(new TestPackage(), options => options.Consent = (_, _) => default));
        Assert.AreEqual("consent.failed", await CodeOf(new TestPackage(), options =>
        {
            options.AuditFile = _folder["log"];
            options.Consent = (_, _) => throw new InvalidOperationException("the dialog broke");
        }));
        StringAssert.Contains(File.ReadAllText(_folder["log"]), "\"code\":\"consent.failed\"");
    }

    [TestMethod]
    public async Task FirstUse_OfASkillThatNobodyGets_IsNotPinned()
    {
        var root = StateRoot.Create(_folder["state"]).Root;
        var before = File.ReadAllText(root.TrustStore);
        SkillHost? host = null;
        host = TestHosts.Create(options =>
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
            options.StateDirectory = root.Path;
            options.Consent = async (_, _) =>
            {
                await host!.DisposeAsync();
                return ConsentDecision.Accept;
            };
        });

        await Assert.ThrowsAsync<Exception>(() => host.LoadSkillAsync(new TestPackage().Write(_folder)));

        Assert.AreEqual(before, File.ReadAllText(root.TrustStore));
    }

    [TestMethod]
    public void TrustStore_ThatWasEmptied_IsRefused_NotTakenForNew()
    {
        var root = StateRoot.Create(_folder["state"]).Root;
        File.WriteAllText(root.TrustStore, " \n");
        var host = TestHosts.Create(options => options.StateDirectory = root.Path);

        Assert.AreEqual("state.trust-store", Assert.Throws<SkillException>(() => host.LoadSkill(Fixtures.Skill("greeter"))).Code);
    }

    [TestMethod]
    public void TrustStore_ThatIsGone_IsNotMadeAgain()
    {
        var root = StateRoot.Create(_folder["state"]).Root;
        File.Delete(root.TrustStore);

        Assert.AreEqual("state.missing", Assert.Throws<SkillStateException>(() => StateRoot.Create(_folder["state"])).Code);
    }

    [TestMethod]
    public void State_ThatWasHalfMade_IsCompleted()
    {
        Directory.CreateDirectory(Path.Combine(_folder["state"], "audit"));

        var (root, isNew) = StateRoot.Create(_folder["state"]);

        Assert.IsTrue(isNew);
        Assert.IsTrue(File.Exists(root.TrustStore));
    }

    [TestMethod]
    public async Task Trust_TakenBackWhileConsentIsAsked_IsRefused()
    {
        var root = StateRoot.Create(_folder["state"]).Root;
        var answers = 0;
        await using var host = TestHosts.Create(options =>
        {
            options.TrustedPublishers.Clear();
            options.AllowTrustOnFirstUse = true;
            options.StateDirectory = root.Path;
            options.Consent = (_, _) =>
            {
                if (++answers == 2)
                {
                    using var office = new TrustOffice(root, null, "test");
                    office.Remove("acme", null, "test");
                }

                return ValueTask.FromResult(ConsentDecision.Accept);
            };
        });

        host.LoadSkill(new TestPackage().Write(_folder));
        Assert.AreEqual("trust.changed", Assert.Throws<SkillException>(() => host.LoadSkill(new TestPackage { Version = "1.0.1" }.Write(_folder))).Code);
    }

    [TestMethod]
    public void TrustStore_ThatOthersCouldChange_IsRefused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no Unix modes");
            return;
        }

        var root = StateRoot.Create(_folder["state"]).Root;
        File.SetUnixFileMode(root.TrustStore, (UnixFileMode)0x1B6);
        Assert.AreEqual("state.permissions", Assert.Throws<SkillStateException>(() => StateRoot.Open(_folder["state"])).Code);

        File.Move(root.TrustStore, _folder["elsewhere"]);
        File.SetUnixFileMode(_folder["elsewhere"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.CreateSymbolicLink(root.TrustStore, _folder["elsewhere"]);
        Assert.AreEqual("state.permissions", Assert.Throws<SkillStateException>(() => StateRoot.Open(_folder["state"])).Code);
    }

    [TestMethod]
    public void MappedDirectory_ThatHoldsWhatALinkLeadsTo_IsRefused()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("directories are mapped on Linux only");
        }

        Directory.CreateDirectory(_folder["a"]);
        Directory.CreateDirectory(_folder["b"]);
        File.WriteAllBytes(Path.Combine(_folder["b"], "store"), Skills.Trust.TrustStore.Empty.Write());
        File.CreateSymbolicLink(Path.Combine(_folder["a"], "store"), Path.Combine(_folder["b"], "store"));
        var host = TestHosts.Create(options => options.TrustStoreFile = Path.Combine(_folder["a"], "store"));
        var load = new SkillLoadOptions { Directories = { ["notes"] = new MappedDirectory(_folder["b"]) } };

        Assert.AreEqual("policy.map", Assert.Throws<SkillException>(() => host.LoadSkill(Fixtures.Skill("notes"), load)).Code);
    }

    [TestMethod]
    [Timeout(20_000)]
    public void Pipe_InPlaceOfAPackage_DoesNotHoldTheLoad()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("mkfifo is a program of Linux");
        }

        using (var make = System.Diagnostics.Process.Start("mkfifo", [_folder["pipe"]]))
        {
            make.WaitForExit();
        }

        Assert.AreEqual("archive.form", Assert.Throws<SkillException>(() => TestHosts.Create().LoadSkill(_folder["pipe"])).Code);
        Assert.Throws<IOException>(() => TestHosts.Create().LoadSkill(_folder.Path));
        Assert.AreEqual("state.audit-open", Assert.Throws<SkillException>(() => TestHosts.Create(options => options.AuditFile = "/dev/full")).Code);
        Assert.IsFalse(File.Exists("/dev/full.lock"));
    }

    [TestMethod]
    [Timeout(60_000)]
    public async Task LoadTime_HoldsWithinOneModule()
    {
        var module = "(module (import \"extism:host/env\" \"alloc\" (func (param i64) (result i64))) (func (export \"run\"))"
            + string.Concat(Enumerable.Repeat("(func)", 300_000)) + ")";
        var path = new TestPackage { Modules = new() { ["m"] = module } }.Write(_folder);
        await using var host = TestHosts.Create(options => options.Limits.LoadTime = TimeSpan.FromMilliseconds(10));

        Assert.AreEqual("limit.load-time", (await Assert.ThrowsAsync<SkillLimitException>(() => host.LoadSkillAsync(path))).Code);
    }
}
