namespace PluginHost.Wasm;

/// <summary>Something a module offers.</summary>
/// <param name="Name">Its name, unique within the module.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Its index in the module's index space of that kind.</param>
public sealed record ModuleExport(string Name, ExternalKind Kind, int Index);
