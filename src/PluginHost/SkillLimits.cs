namespace PluginHost;

/// <summary>Limits of a host. Where a manifest has a quota of the same kind, the smaller one holds.</summary>
public sealed class SkillLimits
{
    /// <summary>Wall time of a call, from 10 ms to 24 h. A minute by default.</summary>
    public TimeSpan CallTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Units of fuel of a call. Ten billion by default.</summary>
    public long CallFuel { get; set; } = 10_000_000_000;

    /// <summary>Bytes of linear memory of a call, from 64 KiB. 256 MiB by default.</summary>
    public long CallMemoryBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Calls that run at the same time in the whole host. 64 by default.</summary>
    public int ConcurrentCalls { get; set; } = 64;

    /// <summary>Calls of one skill that run at the same time. 8 by default.</summary>
    public int ConcurrentCallsPerSkill { get; set; } = 8;

    /// <summary>Calls that wait for their turn, in the host and for each skill. 64 by default.</summary>
    public int QueuedCalls { get; set; } = 64;

    /// <summary>Time to verify a package, from 10 ms to 24 h; consent is not counted. A minute by default.</summary>
    public TimeSpan LoadTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Packages that are loaded at the same time; as many again may wait. 4 by default.</summary>
    public int ConcurrentLoads { get; set; } = 4;

    /// <summary>Bytes that the files of one skill may take in memory. 64 MiB by default.</summary>
    public long DataBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long disposal waits for running calls before it interrupts them. 5 seconds by default.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);
}
