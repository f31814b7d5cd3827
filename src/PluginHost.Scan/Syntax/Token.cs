namespace PluginHost.Scan.Syntax;

/// <summary>A token of a file of rules.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text: of a text its bytes, one character each, of a regular expression what stands between the slashes.</param>
/// <param name="Line">Its line.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    /// <summary>A whole number.</summary>
    public long Integer { get; init; }

    /// <summary>A number with a fraction.</summary>
    public double Float { get; init; }

    /// <summary>Flags of a regular expression.</summary>
    public string Flags { get; init; } = "";

    public bool Is(string text) => Kind is TokenKind.Word or TokenKind.Sign && Text == text;
}
