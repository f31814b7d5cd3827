namespace PluginHost.Wasm.Compilation;

/// <summary>A function as CIL, ready to be written.</summary>
/// <param name="Cil">Its instructions.</param>
/// <param name="Fuel">How its charges are written.</param>
/// <param name="Stack">How its stack check is written.</param>
/// <param name="LoopDepth">Deepest nesting of its loops.</param>
/// <param name="TailCalls">Whether it makes tail calls.</param>
/// <param name="Callees">Functions of the module that it calls through the table.</param>
internal sealed record CompiledFunction(
    CilBuffer Cil, FuelAccount Fuel, StackCheck Stack, int LoopDepth, bool TailCalls, IReadOnlyCollection<int> Callees);
