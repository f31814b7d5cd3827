namespace PluginHost.Wasm.Text;

/// <summary>The index spaces of a module.</summary>
internal sealed class ModuleNames
{
    public IndexSpace Types { get; } = new("type");

    public IndexSpace Functions { get; } = new("func");

    public IndexSpace Tables { get; } = new("table");

    public IndexSpace Memories { get; } = new("memory");

    public IndexSpace Globals { get; } = new("global");

    public IndexSpace Elements { get; } = new("elem segment");

    public IndexSpace Data { get; } = new("data segment");
}
