namespace PluginHost.Scan.Syntax;

/// <summary>What stands behind a string.</summary>
internal sealed record StringModifiers
{
    public bool NoCase { get; init; }

    public bool Wide { get; init; }

    public bool Ascii { get; init; }

    public bool FullWord { get; init; }

    public bool Private { get; init; }

    /// <summary>Keys of <c>xor</c>, the first and the last; null without it.</summary>
    public (int First, int Last)? Xor { get; init; }

    /// <summary>The alphabet of <c>base64</c>; null without it.</summary>
    public string? Base64 { get; init; }

    /// <summary>That of <c>base64wide</c>.</summary>
    public string? Base64Wide { get; init; }
}
