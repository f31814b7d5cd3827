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

    /// <summary>How long a call waits for its turn, from 0 to 24 h. 30 seconds by default.</summary>
    public TimeSpan QueueTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls of the whole host in a second; a second's worth may come at once. Absent means any number.</summary>
    public double? CallsPerSecond { get; set; }

    /// <summary>Calls of one skill in a second; a second's worth may come at once. Absent means any number.</summary>
    public double? CallsPerSecondPerSkill { get; set; }

    /// <summary>Bytes that the host moves for all guests in a second: requests and answers, files, variables, logs. Whoever moved more waits. Absent means any number.</summary>
    public long? BrokeredBytesPerSecond { get; set; }

    /// <summary>The same for the guests of one skill.</summary>
    public long? BrokeredBytesPerSecondPerSkill { get; set; }

    /// <summary>
    /// Bytes that the guests of the whole host may take together: a call begins once what it may take at most is reserved. Half of what the process may
    /// use by default.
    /// </summary>
    public long HostMemoryBytes { get; set; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>Part of the calls of a skill that may trap or run into their limits before its calls are stopped for a while, above 0 and to 1. A half by default.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Calls within <see cref="FailureWindow"/> before that is decided, from 2. 20 by default.</summary>
    public int FailureMinimumCalls { get; set; } = 20;

    /// <summary>Time over which failures are counted, from half a second to a day. 30 seconds by default.</summary>
    public TimeSpan FailureWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long calls are stopped, from half a second to a day. 15 seconds by default.</summary>
    public TimeSpan BreakTime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>After how many stops within an hour the skill is quarantined; 0 for never. 3 by default.</summary>
    public int QuarantineAfterBreaks { get; set; } = 3;

    /// <summary>Denied demands of one skill in a minute, after which it is quarantined for probing; 0 for never. 10,000 by default.</summary>
    public int DenialsPerMinute { get; set; } = 10_000;

    /// <summary>
    /// How often a request of a guest is made again that got no answer, or 502, 503 or 504, where it asks only (GET, HEAD) or bears an <c>Idempotency-Key</c>. Each attempt is
    /// demanded and recorded. 2 by default.
    /// </summary>
    public int HttpRetries { get; set; } = 2;

    /// <summary>Sessions of one skill that may be open at the same time. 16 by default.</summary>
    public int SessionsPerSkill { get; set; } = 16;

    /// <summary>Time to verify a package, from 10 ms to 24 h; consent is not counted. A minute by default.</summary>
    public TimeSpan LoadTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Packages that are loaded at the same time; as many again may wait. 4 by default.</summary>
    public int ConcurrentLoads { get; set; } = 4;

    /// <summary>Bytes that the files of one skill may take in memory. 64 MiB by default.</summary>
    public long DataBytes { get; set; } = 64L * 1024 * 1024;

    internal SkillLimits Copy() => (SkillLimits)MemberwiseClone();

    /// <summary>How long disposal waits for running calls before it interrupts them. 5 seconds by default.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);
}
