using System.Text;

namespace PluginHost.Wasm.Text;

/// <summary>A parenthesized list, a string or any other token.</summary>
internal sealed class Node(int line)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public int Line { get; } = line;

    /// <summary>Elements of a list; null for a token.</summary>
    public List<Node>? Items { get; init; }

    /// <summary>Bytes of a string; null for anything else.</summary>
    public byte[]? String { get; init; }

    /// <summary>Text of a token; empty for a list or a string.</summary>
    public string Text { get; init; } = "";

    public bool IsId => Text.Length > 1 && Text[0] == '$';

    /// <summary>First token of a list, by which the grammar tells lists apart.</summary>
    public string Head => Items is [{ } first, ..] ? first.Text : "";

    public bool IsList(string head) => Items is not null && Head == head;

    /// <summary>The list without one of its elements.</summary>
    public Node Without(int index) => new(Line) { Items = [.. Items!.Where((_, i) => i != index)] };

    public string Name()
    {
        try
        {
            return StrictUtf8.GetString(String ?? throw Unexpected("a string"));
        }
        catch (DecoderFallbackException)
        {
            throw new TextSyntaxException("malformed UTF-8 encoding", Line);
        }
    }

    public TextSyntaxException Unexpected(string expected) =>
        new($"unexpected token {(Items is null ? Text : "(" + Head)}, expected {expected}", Line);
}
