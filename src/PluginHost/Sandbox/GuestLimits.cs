namespace PluginHost.Sandbox;

/// <summary>What one call may use.</summary>
internal sealed record GuestLimits
{
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Units of fuel; null for as many as the time allows.</summary>
    public long? Fuel { get; init; }

    public long MemoryBytes { get; init; } = 64 * 1024 * 1024;
}
