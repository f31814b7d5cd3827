namespace PluginHost.Wasm.Binary;

/// <summary>When the content of a segment is used (spec 2.5.7, 2.5.8).</summary>
internal enum SegmentMode : byte
{
    Active,
    Passive,
    Declarative,
}
