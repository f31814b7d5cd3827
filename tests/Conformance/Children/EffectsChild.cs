using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;

namespace PluginHost.Conformance.Children;

/// <summary>Makes effects through the gate until it is killed: each leaves a byte in a file, after its record.</summary>
internal static class EffectsChild
{
    private const int Calls = 1_000;

    public static int Run(string log, string effects)
    {
        using var audit = AuditLog.Open(log, TimeProvider.System);
        using var file = File.OpenHandle(effects, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        var at = RandomAccess.GetLength(file);
        while (true)
        {
            var call = new GuestCall(audit, SkillIdentity.Unsigned("x"), "run", CallContext.None, new EffectiveGrant(), CancellationToken.None);
            for (var i = 0; i < Calls; i++)
            {
                var lease = call.Demand(Capability.HostFunction, "f", "granted", default);
                lease.Take(Capability.HostFunction, "f");
                RandomAccess.Write(file, "x"u8, at++);
                lease.Close("ok");
            }

            call.End("ok", TimeSpan.Zero, 0, 0, 0, 0);
        }
    }
}
