using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace PluginHost.Scan.Patterns;

/// <summary>A text that the index looks for, and what is done where it is met.</summary>
/// <param name="Text">The text, in lower case of ASCII.</param>
/// <param name="Variant">The variant of a string that it belongs to.</param>
/// <param name="Shift">How far behind the start of a literal it begins; of a pattern the number of its way.</param>
internal sealed record Needle(byte[] Text, Variant Variant, int Shift)
{
    private readonly ByteSet[]? _letters;

    /// <summary>A text in which case matters somewhere.</summary>
    /// <param name="letters">The bytes that may stand at each place of it; they differ in case alone.</param>
    /// <param name="variant">The variant of a string that it belongs to.</param>
    /// <param name="shift">How far behind the start of a literal it begins; of a pattern the number of its way.</param>
    public Needle(ImmutableArray<ByteSet> letters, Variant variant, int shift)
        : this(Literals.Fold(letters), variant, shift) => _letters = letters.All(letter => letter == letter.Folded()) ? null : [.. letters];

    /// <summary>Whether it stands in data at a place where it was found in some case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool StandsAt(ReadOnlySpan<byte> data, int start)
    {
        if (_letters is { } letters)
        {
            for (var i = 0; i < letters.Length; i++)
            {
                if (!letters[i].Has(data[start + i]))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
