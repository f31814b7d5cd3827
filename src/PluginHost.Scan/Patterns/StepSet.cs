using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PluginHost.Scan.Patterns;

/// <summary>Sets of steps, one bit each.</summary>
internal static class StepSet
{
    public static int WordsFor(int steps) => (steps + 63) >> 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Has(ulong[] set, int step) => (set[step >> 6] >> (step & 63) & 1) != 0;

    /// <summary>Puts a step in.</summary>
    /// <returns>Whether it was not there.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Add(ulong[] set, int step)
    {
        ref var word = ref set[step >> 6];
        var bit = 1UL << (step & 63);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    public static bool Meets(ulong[] set, ulong[] other)
    {
        for (var i = 0; i < set.Length; i++)
        {
            if ((set[i] & other[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the smallest step out of a word of a set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Take(ref ulong word, int index)
    {
        var step = (index << 6) + BitOperations.TrailingZeroCount(word);
        word &= word - 1;
        return step;
    }

    public static int HashOf(ulong[] set, int flags)
    {
        var hash = default(HashCode);
        hash.Add(flags);
        hash.AddBytes(MemoryMarshal.AsBytes<ulong>(set));
        return hash.ToHashCode();
    }
}
