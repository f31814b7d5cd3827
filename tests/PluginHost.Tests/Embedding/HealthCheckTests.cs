using Microsoft.Extensions.Diagnostics.HealthChecks;
using PluginHost.Skills;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Embedding;

[TestClass]
public sealed class HealthCheckTests : IDisposable
{
    private const string Trap = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) unreachable))""";
    private readonly TemporaryFolder _folder = new();

    public HealthCheckTests() => StateRoot.Create(_folder["state"]);

    public void Dispose() => _folder.Dispose();

    private SkillHost Host() => TestHosts.Create(options => options.StateDirectory = _folder["state"]);

    private static Task<HealthCheckResult> Check(SkillHost host) => new SkillHostHealthCheck(host).CheckHealthAsync(new HealthCheckContext());

    [TestMethod]
    public async Task HostThatWorks_IsHealthy_UntilItHasStopped()
    {
        var host = Host();
        host.Library.Install(new TestPackage().Write(_folder));
        await host.LoadInstalledSkillAsync("acme.test");
        var result = await Check(host);
        Assert.AreEqual(HealthStatus.Healthy, result.Status);
        Assert.AreEqual((1, 0), ((int)result.Data["skills"], (int)result.Data["quarantined"]));

        await host.DisposeAsync();

        Assert.AreEqual(HealthStatus.Unhealthy, (await Check(host)).Status);
    }

    [TestMethod]
    public async Task SkillWhoseCallsAreStopped_DegradesIt_AndIsNamed()
    {
        await using var host = Host();
        var skill = host.LoadSkill(new TestPackage { Modules = new() { ["m"] = Trap } }.Write(_folder));
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAsync<SkillException>(() => skill.CallAsync("acme.run", ""));
        }

        var result = await Check(host);
        Assert.AreEqual(HealthStatus.Degraded, result.Status);
        CollectionAssert.AreEqual(new[] { "acme.test" }, (string[])result.Data["stopped"]);
    }

    [TestMethod]
    public async Task JournalThatIsGone_IsUnhealthy_WithItsCode()
    {
        await using var host = Host();
        host.LoadSkill(new TestPackage().Write(_folder));
        File.Delete(StateRoot.Open(_folder["state"]).Journal);

        var result = await Check(host);

        Assert.AreEqual(HealthStatus.Unhealthy, result.Status);
        StringAssert.StartsWith(result.Description, "state.");
    }
}
