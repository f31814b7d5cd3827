using PluginHost.Sandbox;

namespace PluginHost.Cli.Wasm;

/// <summary>What came of <c>wasm run</c>.</summary>
internal sealed record ModuleRunReport(double CompileMilliseconds, string AuditHead, IReadOnlyList<ModuleCall> Calls)
{
    public GuestResult Last => Calls[^1].Result;
}
