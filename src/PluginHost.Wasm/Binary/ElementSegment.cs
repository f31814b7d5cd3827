namespace PluginHost.Wasm.Binary;

/// <summary>An element segment. Either <see cref="Functions"/> or <see cref="Expressions"/> holds its elements.</summary>
internal sealed record ElementSegment(
    SegmentMode Mode, ValType Type, int Table, ByteRange Offset, int[]? Functions, ByteRange[]? Expressions)
{
    public int Count => Functions?.Length ?? Expressions!.Length;
}
