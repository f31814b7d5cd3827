namespace PluginHost.Wasm.Binary;

/// <summary>A part of the module's bytes.</summary>
internal readonly record struct ByteRange(int Start, int End)
{
    public int Length => End - Start;
}
