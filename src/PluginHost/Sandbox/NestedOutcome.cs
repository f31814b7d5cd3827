namespace PluginHost.Sandbox;

/// <summary>What came of a call of another skill's tool.</summary>
/// <param name="Output">What it answered; null where it failed.</param>
/// <param name="Error">Why it failed, in words for the calling guest.</param>
/// <param name="Fuel">What it burnt.</param>
internal sealed record NestedOutcome(byte[]? Output, string Error, long Fuel)
{
    /// <summary>Somebody else answers now.</summary>
    public static NestedOutcome Moved { get; } = Failed("another version has taken its place");

    public static NestedOutcome Failed(string error) => new(null, error, 0);
}
