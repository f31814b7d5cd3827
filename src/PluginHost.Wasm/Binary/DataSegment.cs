namespace PluginHost.Wasm.Binary;

/// <summary>A data segment.</summary>
internal sealed record DataSegment(SegmentMode Mode, int Memory, ByteRange Offset, ByteRange Content);
