namespace PluginHost.Scan.Patterns;

/// <summary>A text.</summary>
/// <param name="text">The text; in lower case where case does not matter.</param>
/// <param name="isNoCase">Whether case does not matter.</param>
internal sealed class LiteralVariant(byte[] text, bool isNoCase) : Variant
{
    public override IEnumerable<Needle> Needles
    {
        get
        {
            var folded = text.Select(Literals.Fold).ToArray();
            var (start, length) = Literals.Window(folded);
            return [new Needle(folded[start..(start + length)], this, start)];
        }
    }

    /// <summary>The match that begins at a place, if there is one.</summary>
    public Match? At(ReadOnlySpan<byte> data, int start)
    {
        if (start < 0 || start + text.Length > data.Length)
        {
            return null;
        }

        var found = data.Slice(start, text.Length);
        if (isNoCase)
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (Literals.Fold(found[i]) != text[i])
                {
                    return null;
                }
            }
        }
        else if (!found.SequenceEqual(text))
        {
            return null;
        }

        return IsWord(data, start, start + text.Length) ? new Match(start, text.Length) : null;
    }
}
