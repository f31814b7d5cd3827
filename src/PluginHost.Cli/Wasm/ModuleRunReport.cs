using PluginHost.Sandbox;

namespace PluginHost.Cli.Wasm;

/// <summary>What came of <c>wasm run</c>.</summary>
internal sealed record ModuleRunReport(double CompileMilliseconds, string AuditHead, IReadOnlyList<ModuleCall> Calls)
{
    public GuestResult Last => Calls[^1].Result;
}

/// <summary>One call, with what a program wrote to its standard output.</summary>
internal sealed record ModuleCall(GuestResult Result, byte[]? Output);
