namespace PluginHost.Scan.Patterns;

/// <summary>A condition on a place.</summary>
internal enum PlaceKind
{
    /// <summary>The start of what is scanned.</summary>
    Start,

    /// <summary>Its end.</summary>
    End,

    /// <summary>Between a character of a word and one of none.</summary>
    Boundary,

    /// <summary>Not there.</summary>
    NoBoundary,
}
