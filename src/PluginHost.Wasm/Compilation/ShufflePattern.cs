using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>The cheapest way to shuffle two vectors by constant lanes.</summary>
/// <param name="Method">The function of <see cref="Vectors"/>.</param>
/// <param name="Swapped">Whether it takes the second vector first.</param>
/// <param name="Number">A number that it takes, if any.</param>
/// <param name="Lanes">Vectors that it takes.</param>
internal sealed record ShufflePattern(string Method, bool Swapped, int? Number, params Vector128<byte>[] Lanes)
{
    private const int Count = 16;

    public static ShufflePattern Of(Vector128<byte> lanes)
    {
        var order = new int[Count];
        for (var i = 0; i < Count; i++)
        {
            order[i] = lanes[i];
        }

        var other = Array.ConvertAll(order, lane => lane ^ Count);
        return One(order, swapped: false) ?? One(other, swapped: true)
            ?? (Sse41.IsSupported ? Native(order, swapped: false) ?? Native(other, swapped: true) : null)
            ?? General(lanes);
    }

    /// <summary>All lanes from the first vector.</summary>
    private static ShufflePattern? One(int[] order, bool swapped)
    {
        if (order.Any(lane => lane >= Count))
        {
            return null;
        }

        return ByFour(order) is { } groups
            ? new ShufflePattern(nameof(Vectors.ShuffleOneByFour), swapped, null, Vector128.Create(groups[0], groups[1], groups[2], groups[3]).AsByte())
            : new ShufflePattern(nameof(Vectors.ShuffleOne), swapped, null, Vector128.Create(Array.ConvertAll(order, lane => (byte)lane)));
    }

    private static ShufflePattern? Native(int[] order, bool swapped)
    {
        if (Enumerable.Range(0, Count).All(i => order[i] == order[0] + i))
        {
            return new ShufflePattern(nameof(Vectors.ShuffleAlign), swapped, order[0]);
        }

        foreach (var size in (int[])[1, 2, 4, 8])
        {
            if (Interleaves(order, size, from: 0) || Interleaves(order, size, from: Count / 2))
            {
                return new ShufflePattern($"Shuffle{(order[0] == 0 ? "Low" : "High")}{size}", swapped, null);
            }
        }

        if (Enumerable.Range(0, Count).All(i => order[i] % Count == i && order[i] / Count == order[i & ~1] / Count))
        {
            var pairs = Enumerable.Range(0, Count / 2).Sum(pair => order[2 * pair] / Count << pair);
            return new ShufflePattern(nameof(Vectors.ShuffleBlend), swapped, pairs);
        }

        return ByFour(order) is [< 4 and var a, < 4 and var b, >= 4 and var c, >= 4 and var d]
            ? new ShufflePattern(nameof(Vectors.ShuffleByFour), swapped, a | (b << 2) | ((c - 4) << 4) | ((d - 4) << 6))
            : null;
    }

    private static ShufflePattern General(Vector128<byte> lanes)
    {
        var none = Vector128.Create(byte.MaxValue);
        var first = Vector128.LessThan(lanes, Vector128.Create((byte)Count));
        return new ShufflePattern(
            nameof(Vectors.Shuffle), Swapped: false, null,
            Vector128.ConditionalSelect(first, lanes, none), Vector128.ConditionalSelect(first, none, lanes - Vector128.Create((byte)Count)));
    }

    /// <summary>Whether groups of a size are taken in turn from both vectors, from a lane on.</summary>
    private static bool Interleaves(int[] order, int size, int from) =>
        Enumerable.Range(0, Count).All(i => order[i] == from + (i / (2 * size) * size) + (i % size) + (i / size % 2 * Count));

    /// <summary>The groups of four lanes that stay together, or null.</summary>
    private static int[]? ByFour(int[] order) =>
        Enumerable.Range(0, Count).All(i => order[i] == order[i & ~3] + (i & 3) && order[i & ~3] % 4 == 0)
            ? [order[0] / 4, order[4] / 4, order[8] / 4, order[12] / 4]
            : null;
}
