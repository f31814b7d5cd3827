using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;

namespace PluginHost.Tests;

[TestClass]
public sealed class CapabilityLeaseTests
{
    private static GuestCall Call(AuditLog audit, CancellationToken stop = default) =>
        new(audit, SkillIdentity.Unsigned("00"), "tool", CallContext.None, new EffectiveGrant(), stop);

    private static CapabilityLease Lease(GuestCall call) => call.Demand(Capability.FilesystemRead, "/a", "root /", default);

    [TestMethod]
    public void Lease_ServesOneUseOfItsOwnCapability()
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        var lease = Lease(Call(audit));

        Assert.ThrowsExactly<InvalidOperationException>(() => lease.Take(Capability.FilesystemWrite, "/a"));
        Assert.ThrowsExactly<InvalidOperationException>(() => lease.Take(Capability.FilesystemRead, "/b"));
        lease.Take(Capability.FilesystemRead, "/a");
        Assert.ThrowsExactly<InvalidOperationException>(() => lease.Take(Capability.FilesystemRead, "/a"));
        lease.Close("ok");
        Assert.ThrowsExactly<InvalidOperationException>(() => lease.Close("ok"));
    }

    [TestMethod]
    public void Lease_DiesWithItsCall()
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        var call = Call(audit);
        var lease = Lease(call);
        call.End("ok", TimeSpan.Zero, 0, 0, 0, 0);

        Assert.ThrowsExactly<InvalidOperationException>(() => lease.Take(Capability.FilesystemRead, "/a"));
        Assert.ThrowsExactly<InvalidOperationException>(() => Lease(call));
    }

    [TestMethod]
    public void Denial_SaysWhoWhatWhyAndWhatWouldAllowIt()
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);

        var denied = Assert.ThrowsExactly<CapabilityDeniedException>(() =>
            Call(audit).Demand(Capability.HttpEgress, "GET https://evil.example:443/", null, ("host not granted", "http_egress_allowlist = [\"evil.example\"]")));

        Assert.AreEqual("capability.denied", denied.Code);
        Assert.AreEqual("GET https://evil.example:443/", denied.Resource);
        StringAssert.Contains(denied.Message, "To allow it: http_egress_allowlist");
    }

    [TestMethod]
    public void Demand_AfterTheDeadline_IsNotEvenRecorded()
    {
        using var audit = AuditLog.InMemory(TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var call = Call(audit, stop.Token);
        stop.Cancel();
        var head = audit.Head;

        Assert.ThrowsExactly<OperationCanceledException>(() => Lease(call));
        Assert.AreEqual(head, audit.Head);
    }

    [TestMethod]
    public void Demand_WhenTheLogCannotBeWritten_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var audit = AuditLog.Open(folder["log"], TimeProvider.System);
        var call = Call(audit);
        audit.Dispose();

        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() => Lease(call)).Code);
    }
}
