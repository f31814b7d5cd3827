namespace PluginHost.Skills.Transparency;

/// <summary>Base64 in its one form (RFC 4648 4): padded, no white space, no stray bits. Two texts never mean the same bytes.</summary>
internal static class StrictBase64
{
    /// <summary>The bytes; null where the text is not that form of them.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[((text.Length / 4) + 1) * 3];
        return text.Length % 4 == 0 && Convert.TryFromBase64Chars(text, bytes, out var length) && text.SequenceEqual(Convert.ToBase64String(bytes, 0, length)) ? bytes[..length] : null;
    }

    /// <summary>A SHA-256 hash; null where the text is none.</summary>
    public static byte[]? Hash(ReadOnlySpan<char> text) => Decode(text) is { Length: MerkleTree.HashBytes } hash ? hash : null;
}
