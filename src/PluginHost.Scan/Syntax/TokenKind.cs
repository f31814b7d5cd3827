namespace PluginHost.Scan.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>The end of the file.</summary>
    End,

    /// <summary>A name or keyword.</summary>
    Word,

    /// <summary>The name of a string, with its dollar.</summary>
    StringName,

    /// <summary>A count: hash and the name of a string.</summary>
    StringCount,

    /// <summary>An offset: at and the name of a string.</summary>
    StringOffset,

    /// <summary>A length: exclamation mark and the name of a string.</summary>
    StringLength,

    /// <summary>A text in quotation marks.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction.</summary>
    Float,

    /// <summary>A regular expression.</summary>
    Regex,

    /// <summary>What stands between the braces of a hex string.</summary>
    Hex,

    /// <summary>An operator or a bracket.</summary>
    Sign,
}
