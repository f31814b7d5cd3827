namespace PluginHost.Wasm.Tests;

/// <summary>A module in the text format, instantiated in a store of its own.</summary>
internal sealed class Guest : IDisposable
{
    public Guest(string text, CompilationOptions? options = null, StoreOptions? limits = null, Linker? linker = null)
    {
        Store = new Store(limits);
        Instance = (linker ?? new Linker()).Instantiate(Store, Compile(text, options));
    }

    public Store Store { get; }

    public Instance Instance { get; }

    public static CompiledModule Compile(string text, CompilationOptions? options = null) =>
        CompiledModule.Compile(WasmModule.Decode(TextModule.Encode(text)), options);

    public WasmValue[] Call(string export, params ReadOnlySpan<WasmValue> arguments) => Instance.GetFunction(export)!.Invoke(arguments);

    public int CallI32(string export, params int[] arguments) => Call(export, [.. arguments.Select(WasmValue.FromI32)])[0].I32;

    public WasmTrapException Trap(string export, params int[] arguments) =>
        Assert.ThrowsExactly<WasmTrapException>(() => Call(export, [.. arguments.Select(WasmValue.FromI32)]));

    public void Dispose() => Store.Dispose();
}
