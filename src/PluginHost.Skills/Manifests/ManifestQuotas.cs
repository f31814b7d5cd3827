namespace PluginHost.Skills.Manifests;

/// <summary>What one call may use.</summary>
internal sealed record ManifestQuotas
{
    public TimeSpan WallClock { get; init; } = TimeSpan.FromSeconds(30);

    public long Fuel { get; init; } = 10_000_000;

    public long MemoryBytes { get; init; } = 64 * 1024 * 1024;
}
