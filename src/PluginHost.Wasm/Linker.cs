using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>What a host offers to modules: named functions, memories, tables and globals.</summary>
public sealed class Linker
{
    private readonly Dictionary<(string Module, string Name), object> _items = new(64);

    /// <summary>Offers a function of the host.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, HostFunction function) => Add(module, name, function);

    /// <summary>Offers a delegate as a function of the host; its type is read when a module imports it.</summary>
    /// <param name="module">The module that it is imported from.</param>
    /// <param name="name">Its name.</param>
    /// <param name="function">As <see cref="HostFunction.Create(Delegate)"/> takes it.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, Delegate function) => Add(module, name, function);

    /// <summary>Offers a function of an instance.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, WasmFunction function) => Add(module, name, function);

    /// <summary>Offers a memory.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, WasmMemory memory) => Add(module, name, memory);

    /// <summary>Offers a table.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, WasmTable table) => Add(module, name, table);

    /// <summary>Offers a global.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public Linker Define(string module, string name, WasmGlobal global) => Add(module, name, global);

    /// <summary>Offers everything that an instance exports.</summary>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public Linker Define(string module, Instance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        foreach (var export in instance.Compiled.Module.Exports)
        {
            Add(module, export.Name, export.Kind switch
            {
                ExternalKind.Function => instance.FunctionAt(export.Index),
                ExternalKind.Table => instance.Tables[export.Index],
                ExternalKind.Memory => instance.Memories[export.Index],
                _ => instance.Globals[export.Index]!,
            });
        }

        return this;
    }

    /// <summary>Whether something of this name is offered.</summary>
    public bool Has(string module, string name) => _items.ContainsKey((module, name));

    /// <summary>Makes an instance and runs its start function.</summary>
    /// <param name="store">The store it shall live in; everything it imports must live there too.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="WasmLinkException">An import is missing or of another type.</exception>
    /// <exception cref="WasmLimitException">The store has no room for it.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit, or the start function trapped.</exception>
    public Instance Instantiate(Store store, CompiledModule module)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(module);
        return new Instantiation(store, module, [.. module.Module.Imports.Select(Find)]).Run();
    }

    /// <summary>
    /// Finds once and for all what a module imports, without making an instance. It may import functions of the host only: everything else belongs to
    /// one store.
    /// </summary>
    /// <exception cref="WasmLinkException">An import is missing, of another type, or no function of the host.</exception>
    public LinkedModule Link(CompiledModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new LinkedModule(module, [.. module.Module.Imports.Select(HostImport)]);
    }

    private HostFunction HostImport(ModuleImport import) => Find(import) switch
    {
        null => throw new WasmLinkException(import, "unknown import"),
        HostFunction host when import.Kind == ExternalKind.Function && host.Type.Equals(import.Function) => host,
        _ => throw new WasmLinkException(import, "incompatible import type"),
    };

    private object? Find(ModuleImport import) => _items.GetValueOrDefault((import.Module, import.Name)) is { } item
        ? item is Delegate function ? HostFunction.Create(function) : item
        : null;

    private Linker Add(string module, string name, object item)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(item);
        if (!_items.TryAdd((module, name), item))
        {
            throw new ArgumentException($"{module}.{name} is defined already", nameof(name));
        }

        return this;
    }
}
