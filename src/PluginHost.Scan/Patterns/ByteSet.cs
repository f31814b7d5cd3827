using System.Runtime.CompilerServices;

namespace PluginHost.Scan.Patterns;

/// <summary>A set of bytes.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    public static ByteSet All { get; } = new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    public static ByteSet Digits { get; } = Range('0', '9');

    /// <summary>Letters and digits of ASCII, and the underscore.</summary>
    public static ByteSet Word { get; } = Range('0', '9').Or(Range('a', 'z')).Or(Range('A', 'Z')).Or(Of('_'));

    public static ByteSet Space { get; } = Of(' ').Or(Range('\t', '\r'));

    public int Count => System.Numerics.BitOperations.PopCount(A) + System.Numerics.BitOperations.PopCount(B) + System.Numerics.BitOperations.PopCount(C) + System.Numerics.BitOperations.PopCount(D);

    /// <summary>The first of its bytes; 256 where it has none.</summary>
    public int First => A != 0 ? System.Numerics.BitOperations.TrailingZeroCount(A) : B != 0 ? 64 + System.Numerics.BitOperations.TrailingZeroCount(B)
        : C != 0 ? 128 + System.Numerics.BitOperations.TrailingZeroCount(C) : D != 0 ? 192 + System.Numerics.BitOperations.TrailingZeroCount(D) : 256;

    public static ByteSet Of(int value) => default(ByteSet).With(value);

    public static ByteSet Range(int first, int last)
    {
        var set = default(ByteSet);
        for (var value = first; value <= last; value++)
        {
            set = set.With(value);
        }

        return set;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int value) => ((value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D } >> (value & 63) & 1) != 0;

    public ByteSet With(int value)
    {
        var bit = 1UL << (value & 63);
        return (value >> 6) switch { 0 => this with { A = A | bit }, 1 => this with { B = B | bit }, 2 => this with { C = C | bit }, _ => this with { D = D | bit } };
    }

    public ByteSet Or(ByteSet other) => new(A | other.A, B | other.B, C | other.C, D | other.D);

    public ByteSet Not() => new(~A, ~B, ~C, ~D);

    /// <summary>The same with the other case of each letter of ASCII.</summary>
    public ByteSet Folded()
    {
        var set = this;
        for (var letter = 'a'; letter <= 'z'; letter++)
        {
            set = Has(letter) ? set.With(letter - 32) : Has(letter - 32) ? set.With(letter) : set;
        }

        return set;
    }

    /// <summary>Its bytes.</summary>
    public IEnumerable<byte> Bytes()
    {
        for (var value = 0; value < 256; value++)
        {
            if (Has(value))
            {
                yield return (byte)value;
            }
        }
    }
}
