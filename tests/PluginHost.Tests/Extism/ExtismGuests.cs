using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Sandbox;

namespace PluginHost.Tests.Extism;

/// <summary>Calls exports of the Extism fixtures.</summary>
internal static class ExtismGuests
{
    public static SandboxedModule Greeter { get; } = SandboxedModule.Load(Fixtures.Read("c-greeter", "greeter.wasm"));

    public static SandboxedModule Weather { get; } = SandboxedModule.Load(Fixtures.Read("rust-weather", "weather.wasm"));

    public static SandboxedModule Text { get; } = SandboxedModule.Load(Fixtures.Read("as-text", "text.wasm"));

    public static GuestResult Call(
        SandboxedModule module, string export, string input, ExtismSettings? settings = null, EffectiveGrant? grant = null, GuestLimits? limits = null, AuditLog? audit = null)
    {
        using var memory = AuditLog.InMemory(TimeProvider.System);
        return module.Call(audit ?? memory, new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(module.Digest),
            Entry = GuestEntry.Extism(export),
            Grant = grant ?? new EffectiveGrant(),
            Limits = limits ?? new GuestLimits(),
            Extism = (settings ?? new ExtismSettings()) with { Input = Encoding.UTF8.GetBytes(input) },
        }, CancellationToken.None);
    }

    public static string Output(this GuestResult result) => Encoding.UTF8.GetString(result.Output);
}
