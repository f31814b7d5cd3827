namespace PluginHost.Scan.Patterns;

/// <summary>One of the forms in which a string may stand in what is scanned.</summary>
internal abstract class Variant
{
    /// <summary>The string that it belongs to, by its number among all.</summary>
    public required int String { get; init; }

    /// <summary>Its number among all forms of all strings.</summary>
    public int Number { get; set; }

    /// <summary>Whether no letter or digit may stand beside it.</summary>
    public bool IsFullWord { get; init; }

    /// <summary>Whether it is in UTF-16.</summary>
    public bool IsWide { get; init; }

    /// <summary>Texts to look for; empty where every place has to be tried.</summary>
    public abstract IEnumerable<Needle> Needles { get; }

    /// <summary>Whether what stands beside a match lets it be a word of its own.</summary>
    protected bool IsWord(ReadOnlySpan<byte> data, int start, int end)
    {
        if (!IsFullWord)
        {
            return true;
        }

        return IsWide
            ? !(start >= 2 && data[start - 1] == 0 && char.IsAsciiLetterOrDigit((char)data[start - 2])) && !(end + 1 < data.Length && data[end + 1] == 0 && char.IsAsciiLetterOrDigit((char)data[end]))
            : !(start >= 1 && char.IsAsciiLetterOrDigit((char)data[start - 1])) && !(end < data.Length && char.IsAsciiLetterOrDigit((char)data[end]));
    }
}
