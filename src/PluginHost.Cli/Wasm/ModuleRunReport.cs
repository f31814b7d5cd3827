using PluginHost.Wasm;

namespace PluginHost.Cli.Wasm;

/// <summary>What came of <c>wasm run</c>.</summary>
internal sealed record ModuleRunReport(double CompileMilliseconds, IReadOnlyList<ModuleCall> Calls)
{
    public ModuleTrap? Trap => Calls.Count > 0 ? Calls[^1].Trap : null;
}

/// <summary>One call.</summary>
internal sealed record ModuleCall(double Milliseconds, long Fuel, long PeakMemoryBytes, WasmValue[] Results, ModuleTrap? Trap);

/// <summary>Why a call was stopped.</summary>
internal sealed record ModuleTrap(string Code, string Message, string[] Stack);
