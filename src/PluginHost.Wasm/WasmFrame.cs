namespace PluginHost.Wasm;

/// <summary>A guest function on the call stack of a trap.</summary>
/// <param name="Function">Its index in the module.</param>
/// <param name="Name">Its name, where the module tells one.</param>
public sealed record WasmFrame(int Function, string? Name)
{
    /// <summary>The name, or <c>func[index]</c>.</summary>
    public override string ToString() => Name ?? $"func[{Function}]";
}
