using System.Collections.Immutable;

namespace PluginHost.Wasm.Binary;

/// <summary>What the tables of the specification (5.4, 7.10) say about one opcode.</summary>
/// <param name="Code">The opcode.</param>
/// <param name="Name">Its name in the text format.</param>
/// <param name="Shape">Its immediates.</param>
/// <param name="Parameters">Operands, where they do not depend on the immediates.</param>
/// <param name="Result">Result, or <see cref="ValType.None"/>.</param>
/// <param name="Width">Bytes that a memory access touches, otherwise 0.</param>
internal sealed record OpcodeInfo(
    Opcode Code, string Name, OpcodeShape Shape, ImmutableArray<ValType> Parameters, ValType Result, int Width)
{
    /// <summary>Log2 of the natural alignment of a memory access.</summary>
    public int NaturalAlignment => System.Numerics.BitOperations.Log2((uint)Width);
}
