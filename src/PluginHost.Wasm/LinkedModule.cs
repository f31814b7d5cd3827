using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>
/// A module whose imports were all found, and are functions of the host: instances of it are made without looking for them again, in any store, by many
/// threads at once.
/// </summary>
public sealed class LinkedModule
{
    private readonly HostFunction[] _imports;

    internal LinkedModule(CompiledModule compiled, HostFunction[] imports)
    {
        Compiled = compiled;
        _imports = imports;
    }

    /// <summary>What was linked.</summary>
    public CompiledModule Compiled { get; }

    /// <summary>Makes an instance and runs its start function.</summary>
    /// <param name="store">The store it shall live in.</param>
    /// <exception cref="WasmLimitException">The store has no room for it.</exception>
    /// <exception cref="WasmTrapException">A segment does not fit, or the start function trapped.</exception>
    public Instance Instantiate(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new Instantiation(store, Compiled, _imports).Run();
    }
}
