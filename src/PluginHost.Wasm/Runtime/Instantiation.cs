using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Runtime;

/// <summary>The steps that make an instance of a module (spec 4.5.4).</summary>
/// <param name="store">The store it shall live in.</param>
/// <param name="compiled">The module.</param>
/// <param name="imports">What stands for each of its imports, in their order; null for what was not found.</param>
internal sealed class Instantiation(Store store, CompiledModule compiled, IReadOnlyList<object?> imports)
{
    private readonly WasmModule _module = compiled.Module;

    public Instance Run()
    {
        store.AddInstance();
        store.EnsureResults(compiled.MaxResults);
        var instance = compiled.CreateInstance(store);
        Link(instance);
        var constants = new ConstantEvaluator(_module, instance);
        Globals(instance, constants);
        for (var i = 0; i < _module.Elements.Length; i++)
        {
            Elements(instance, constants, i);
        }

        for (var i = 0; i < _module.Data.Length; i++)
        {
            Data(instance, constants, i);
        }

        if (_module.Start is { } start)
        {
            instance.FunctionAt(start).Invoke();
        }

        return instance;
    }

    private void Link(Instance instance)
    {
        var functions = new List<WasmFunction>();
        var tables = new List<WasmTable>();
        var memories = new List<WasmMemory>();
        var globals = new List<WasmGlobal?>();
        var caller = new Caller(instance);
        for (var i = 0; i < _module.Imports.Length; i++)
        {
            var import = _module.Imports[i];
            var item = imports[i] ?? throw new WasmLinkException(import, "unknown import");
            switch (import.Kind)
            {
                case ExternalKind.Function:
                    functions.Add(Function(caller, import, item));
                    break;
                case ExternalKind.Table:
                    tables.Add(item is WasmTable table && Fits(table, import.Table!) ? table : throw Incompatible(import));
                    break;
                case ExternalKind.Memory:
                    memories.Add(item is WasmMemory memory && Fits(memory, import.Memory!) ? memory : throw Incompatible(import));
                    break;
                default:
                    globals.Add(item is WasmGlobal global && global.Type == import.Global && global.TryOwn(store) ? global : throw Incompatible(import));
                    break;
            }
        }

        instance.ImportedFunctions = [.. functions];
        tables.AddRange(_module.Tables.Skip(tables.Count).Select(type => new WasmTable(store, type)));
        instance.Tables = [.. tables];
        instance.Table0 = tables.FirstOrDefault();
        globals.AddRange(new WasmGlobal?[_module.DefinedGlobals.Length]);
        instance.Globals = [.. globals];
        memories.AddRange(_module.Memories.Skip(memories.Count).Select(type => new WasmMemory(store, type)));
        instance.Memories = [.. memories];
        instance.Memory0 = memories.FirstOrDefault();
        instance.Memory0Base = instance.Memory0?.Base ?? 0;
    }

    private static WasmLinkException Incompatible(ModuleImport import) => new(import, "incompatible import type");

    private WasmFunction Function(Caller caller, ModuleImport import, object item) => item switch
    {
        WasmFunction function when function.Type.Equals(import.Function) && ReferenceEquals(function.Target.Store, store) => function.Loaded(),
        HostFunction host when host.Type.Equals(import.Function) =>
            new WasmFunction(import.Function, compiled.HostThunk(import.Function), new HostTarget(caller, host), compiled),
        _ => throw Incompatible(import),
    };

    /// <summary>Import matching (spec 3.4.8), against the size that the table has now.</summary>
    private bool Fits(WasmTable table, TableType wanted) =>
        table.OwnedBy(store) && table.Type.Element == wanted.Element && Fits((uint)table.Length, table.Type.Limits.Maximum, wanted.Limits);

    private bool Fits(WasmMemory memory, MemoryType wanted) =>
        memory.OwnedBy(store) && Fits((uint)memory.Pages, memory.Type.Limits.Maximum, wanted.Limits);

    private static bool Fits(uint size, uint? maximum, Limits wanted) =>
        size >= wanted.Minimum && (wanted.Maximum is null || maximum <= wanted.Maximum);

    private void Globals(Instance instance, ConstantEvaluator constants)
    {
        var imported = _module.ImportedGlobals;
        var values = new WasmValue[_module.Globals.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i < imported ? instance.Globals[i]!.Value : constants.Evaluate(_module.DefinedGlobals[i - imported].Initializer);
            if (i >= imported && compiled.HasCell(i))
            {
                instance.Globals[i] = new WasmGlobal(_module.Globals[i], values[i]);
                instance.Globals[i]!.TryOwn(store);
            }
        }

        compiled.InitializeGlobals(instance, values);
    }

    private void Elements(Instance instance, ConstantEvaluator constants, int index)
    {
        var segment = _module.Elements[index];
        var elements = segment.Functions is { } functions
            ? functions.Select(object? (function) => instance.FunctionAt(function)).ToArray()
            : [.. segment.Expressions!.Select(expression => constants.Reference(expression))];
        instance.SetElements(index, elements);
        if (segment.Mode == SegmentMode.Active)
        {
            Bulk.TableInit(instance, constants.Evaluate(segment.Offset).I32, 0, elements.Length, index, segment.Table);
        }

        // What stays counts like a table; a drop does not give it back, so that dropping is no way around the limit.
        if (segment.Mode == SegmentMode.Passive && !store.TryTakeElements(elements.Length))
        {
            throw new WasmLimitException(nameof(StoreOptions.TableElements), elements.Length, store.Options.TableElements);
        }

        if (segment.Mode != SegmentMode.Passive)
        {
            instance.DropElements(index);
        }
    }

    private void Data(Instance instance, ConstantEvaluator constants, int index)
    {
        var segment = _module.Data[index];
        instance.SetData(index, _module.Bytes.Slice(segment.Content.Start, segment.Content.Length));
        if (segment.Mode == SegmentMode.Active)
        {
            Bulk.MemoryInit(instance, constants.Evaluate(segment.Offset).I32, 0, segment.Content.Length, index, segment.Memory);
            instance.DropData(index);
        }
    }
}
