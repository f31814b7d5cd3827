using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>A module with its own state (spec 4.2.5). The compiler derives a class from it for each module.</summary>
public abstract class Instance : CallTarget
{
    /// <summary>The first memory, if any; the fields below are what compiled code reads of it.</summary>
    internal WasmMemory? Memory0;

    internal long Memory0Base;
    /// <summary>All memories; compiled code takes the second and further ones from here.</summary>
    internal WasmMemory[] Memories = [];

    internal WasmTable? Table0;
    internal WasmTable[] Tables = [];
    internal WasmFunction[] ImportedFunctions = [];

    /// <summary>Globals that live in cells of their own: imported and exported ones. Others are fields of the derived class.</summary>
    internal WasmGlobal?[] Globals = [];

    /// <summary>The function that compiled code is about to call through the code table.</summary>
    internal int Callee;

    private readonly WasmFunction?[] _functions;
    private readonly ReadOnlyMemory<byte>[] _data;
    private readonly object?[]?[] _elements;

    /// <summary>Called by the derived class.</summary>
    private protected Instance(Store store, CompiledModule module)
        : base(store)
    {
        Compiled = module;
        _functions = new WasmFunction?[module.Module.Functions.Length];
        _data = new ReadOnlyMemory<byte>[module.Module.Data.Length];
        _elements = new object?[]?[module.Module.Elements.Length];
    }

    /// <summary>What it is an instance of.</summary>
    public CompiledModule Compiled { get; }

    /// <summary>An exported function, or null.</summary>
    public WasmFunction? GetFunction(string name) =>
        Find(name, ExternalKind.Function) is { } export ? FunctionAt(export.Index) : null;

    /// <summary>An exported memory, or null.</summary>
    public WasmMemory? GetMemory(string name) => Find(name, ExternalKind.Memory) is { } export ? Memories[export.Index] : null;

    /// <summary>An exported table, or null.</summary>
    public WasmTable? GetTable(string name) => Find(name, ExternalKind.Table) is { } export ? Tables[export.Index] : null;

    /// <summary>An exported global, or null.</summary>
    public WasmGlobal? GetGlobal(string name) => Find(name, ExternalKind.Global) is { } export ? Globals[export.Index] : null;

    internal WasmFunction FunctionAt(int index) => _functions[index] ??= index < ImportedFunctions.Length
        ? ImportedFunctions[index]
        : new WasmFunction(Compiled.Module.Functions[index], this, index - ImportedFunctions.Length);

    /// <summary>Called by the stubs that stand in the code table for functions that were not called yet.</summary>
    internal static nint LoadCallee(Instance instance)
    {
        // A guest that has to stop does not begin to compile.
        if (instance.Store.IsInterrupted)
        {
            Traps.OutOfFuelOrInterrupted(instance.Store);
        }

        return instance.Compiled.Functions.Load(instance.Callee);
    }

    internal ReadOnlyMemory<byte> DataOf(int segment) => _data[segment];

    internal void DropData(int segment) => _data[segment] = default;

    internal void SetData(int segment, ReadOnlyMemory<byte> content) => _data[segment] = content;

    internal object?[] ElementsOf(int segment) => _elements[segment] ?? [];

    internal void DropElements(int segment) => _elements[segment] = null;

    internal void SetElements(int segment, object?[] elements) => _elements[segment] = elements;

    private ModuleExport? Find(string name, ExternalKind kind) =>
        Compiled.Exports.TryGetValue(name, out var export) && export.Kind == kind ? export : null;
}
