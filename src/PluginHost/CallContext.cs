namespace PluginHost;

/// <summary>On whose behalf a tool is called. Stands in every audit record of the call.</summary>
public sealed record CallContext
{
    private const int MaxLength = 128;

    /// <summary>Nobody in particular.</summary>
    public static CallContext None { get; } = new();

    /// <summary>The person or service; secret scope <c>principal:x</c> matches it. At most 128 printable characters.</summary>
    public string? Principal { get; init => field = Checked(value); }

    /// <summary>The way the request came; secret scope <c>channel:x</c> matches it. At most 128 printable characters.</summary>
    public string? Channel { get; init => field = Checked(value); }

    /// <summary>The conversation. At most 128 printable characters.</summary>
    public string? Session { get; init => field = Checked(value); }

    /// <summary>What ties records of several systems together. At most 128 printable characters.</summary>
    public string? CorrelationId { get; init => field = Checked(value); }

    private static string? Checked(string? value) =>
        value is null || (value.Length <= MaxLength && !value.Any(char.IsControl))
            ? value
            : throw new ArgumentException($"at most {MaxLength} printable characters are allowed");
}
