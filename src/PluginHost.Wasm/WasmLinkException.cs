namespace PluginHost.Wasm;

/// <summary>An import is missing or of another type than the module asks for.</summary>
public sealed class WasmLinkException : Exception
{
    internal WasmLinkException(ModuleImport import, string reason)
        : base($"{reason}: {import.Module}.{import.Name}") => Import = import;

    /// <summary>The import that was not satisfied.</summary>
    public ModuleImport Import { get; }
}
