using System.Reflection;
using System.Runtime.CompilerServices;
using PluginHost.Capabilities;
using PluginHost.Skills;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Hosting;

/// <summary>
/// Host code that breaks the rules of the analyzers, in a project that is built without them: a careless embedder. The gate holds. What each test breaks is
/// named by its rule.
/// </summary>
[TestClass]
public sealed class RulesOffTests : IDisposable
{
    private const string Import = """(import "acme" "do" (func $do (param i64) (result i64)))""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TestPackage Package(string functions) => new()
    {
        Modules = new() { ["m"] = GuestText.Of("(call $out (call $do {in}))", Import) },
        Capabilities = functions.Length == 0 ? "" : $"[host]\nfunctions = [{functions}]\n",
    };

    [TestMethod]
    public async Task Function_ThatDeclaresNothing_IsCalledByNobodyWhoWasNotGrantedIt()
    {
        // PHG001
        var called = false;
        await using var host = TestHosts.Create(options =>
        {
            options.Functions.Add("acme.do", (string text) =>
            {
                called = true;
                return text;
            });
            options.Functions.Add("acme.other", () => { });
        });
        var skill = host.LoadSkill(Package("\"acme.other\"").Write(_folder));

        Assert.AreEqual(Capability.HostFunction, (await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.run", ""))).Capability);
        Assert.IsFalse(called);
    }

    [TestMethod]
    public async Task Denial_ThatIsSwallowed_IsOnRecord_AndEndsTheCall()
    {
        // PHG006
        await using (var host = TestHosts.Create(options =>
        {
            options.AuditFile = _folder["log"];
            options.Functions.Add("acme.do", (string text, HostFunctionCall call) =>
            {
                try
                {
                    return call.Files.ReadAllText("/etc/passwd");
                }
                catch (Exception)
                {
                    return text;
                }
            });
        }))
        {
            await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(Package("\"acme.do\"").Write(_folder)).CallAsync("acme.run", ""));
        }

        StringAssert.Contains(File.ReadAllText(_folder["log"]), "\"capability\":\"filesystem.read\",\"resource\":\"/etc/passwd\",\"decision\":\"deny\"");
    }

    [TestMethod]
    public async Task Grant_ThatIsForged_GrantsNothing()
    {
        // PHG010
        await using var host = TestHosts.Create(options => options.Functions.Add("acme.do", (string text) => text));
        var granting = host.LoadSkill((Package("\"acme.do\"") with { Version = "2.0.0" }).Write(_folder));
        await using var other = TestHosts.Create(options =>
        {
            options.Functions.Add("acme.do", (string text) => text);
            options.Functions.Add("acme.other", () => { });
        });
        var skill = other.LoadSkill(Package("\"acme.other\"").Write(_folder));
        foreach (var field in typeof(SkillGrant).GetFields(BindingFlags.NonPublic | BindingFlags.Instance))
        {
            field.SetValue(skill.Grants["acme.run"], field.GetValue(granting.Grants["acme.run"]));
        }

        Assert.AreEqual(granting.Grants["acme.run"].ToString(), skill.Grants["acme.run"].ToString());
        Assert.AreEqual("acme.do", (await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.run", ""))).Resource);
    }

    [TestMethod]
    public void CallOfAFunction_ThatIsForged_DemandsNothing()
    {
        // PHG010
        var forged = (HostFunctionCall)RuntimeHelpers.GetUninitializedObject(typeof(HostFunctionCall));
        Assert.Throws<NullReferenceException>(() => forged.Demand(Capability.HttpEgress, "https://a.test"));
        Assert.IsNull(forged.Files);
    }

    [TestMethod]
    public async Task ConsentToEverything_LetsNothingIn_ThatIsNotSigned_AndGrantsNothingThatThePolicyTakes()
    {
        // PHG011
        await using var host = TestHosts.Create(options =>
        {
            options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept);
            options.WithdrawnCapabilities.Add(Capability.HostFunction);
            options.Functions.Add("acme.do", (string text) => text);
        });
        var path = Package("\"acme.do\"").Write(_folder);
        await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(path).CallAsync("acme.run", ""));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<SkillException>(() => host.LoadSkill(path));
    }

    [TestMethod]
    public async Task Limits_ThatLimitNothing_AreRefused_OrThoseOfTheManifestHold()
    {
        // PHG012
        Assert.Throws<Exception>(() => TestHosts.Create(options => options.Limits.CallTime = Timeout.InfiniteTimeSpan));
        Assert.Throws<Exception>(() => TestHosts.Create(options => options.Limits.ConcurrentCalls = -1));
        await using var host = TestHosts.Create(options => options.Limits.CallFuel = long.MaxValue);
        var endless = new TestPackage
        {
            Modules = new() { ["m"] = GuestText.Of("(loop $forever (br $forever))", "") },
            Manifest = "[capabilities.quotas]\nfuel_budget = 1000000",
        };
        Assert.AreEqual("limit.fuel", (await Assert.ThrowsExactlyAsync<SkillLimitException>(() => host.LoadSkill(endless.Write(_folder)).CallAsync("acme.run", ""))).Code);
    }

    [TestMethod]
    public async Task WorkThatGoesOn_CanAskForNothingAnyMore()
    {
        // PHG013
        var asked = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = TestHosts.Create(options => options.Functions.Add("acme.do", (string text, HostFunctionCall call) =>
        {
            _ = Task.Run(async () =>
            {
                await ended.Task;
                try
                {
                    call.Demand(Capability.Clock, "now");
                    asked.SetResult(null);
                }
                catch (InvalidOperationException e)
                {
                    asked.SetResult(e);
                }
            });
            return text;
        }));

        await host.LoadSkill(Package("\"acme.do\"").Write(_folder)).CallAsync("acme.run", "");
        ended.SetResult();

        Assert.IsNotNull(await asked.Task);
    }
}
