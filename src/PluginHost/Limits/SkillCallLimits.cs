namespace PluginHost.Limits;

/// <summary>What the calls of one skill share.</summary>
internal sealed class SkillCallLimits : IDisposable
{
    /// <param name="time">The clock.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="host">What all calls of the host share.</param>
    /// <param name="breaker">Stops a skill whose calls fail.</param>
    public SkillCallLimits(TimeProvider time, SkillLimits limits, HostCallLimits host, CallBreaker breaker)
    {
        Host = host;
        Breaker = breaker;
        Calls = new ReloadableLimiter(limits.ConcurrentCallsPerSkill, limits.QueuedCalls);
        Rate = new TokenBucket(time);
        Bytes = new ByteRate(time, host.Bytes);
        Apply(limits);
    }

    public HostCallLimits Host { get; }

    public CallBreaker Breaker { get; }

    public ReloadableLimiter Calls { get; }

    public TokenBucket Rate { get; }

    public ByteRate Bytes { get; }

    /// <summary>Changes the limits. What runs and what was taken counts under the new ones.</summary>
    public void Reload(SkillLimits limits)
    {
        Calls.Reload(limits.ConcurrentCallsPerSkill, limits.QueuedCalls);
        Breaker.Reload(limits);
        Apply(limits);
    }

    public void Dispose()
    {
        Calls.Dispose();
        Rate.Dispose();
    }

    private void Apply(SkillLimits limits)
    {
        Rate.Reload(limits.CallsPerSecondPerSkill);
        Bytes.Reload(limits.BrokeredBytesPerSecondPerSkill);
    }
}
