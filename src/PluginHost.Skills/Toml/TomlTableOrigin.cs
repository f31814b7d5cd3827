namespace PluginHost.Skills.Toml;

/// <summary>How a table came to be.</summary>
internal enum TomlTableOrigin
{
    /// <summary>Named on the way to another table; a header of its own may still come.</summary>
    Implied,

    /// <summary>By a header of its own, or as the root.</summary>
    Header,

    /// <summary>By a dotted key.</summary>
    Dotted,

    /// <summary>In braces: complete as it stands.</summary>
    Inline,
}
