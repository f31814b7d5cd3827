using Microsoft.Extensions.Options;
using PluginHost.Audit;
using PluginHost.Capabilities.Http;
using PluginHost.Limits;
using PluginHost.Skills.Trust;

namespace PluginHost.Hosting;

/// <summary>Tells everything that is wrong with options at once.</summary>
internal sealed class SkillHostOptionsValidator : IValidateOptions<SkillHostOptions>
{
    private const int MinMemoryBytes = 65_536;
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromMilliseconds(500);

    public ValidateOptionsResult Validate(string? name, SkillHostOptions options)
    {
        var problems = new List<string>();
        Require(options.Time is not null, "Time is not set");
        CheckLimits(options.Limits, Require);
        CheckAudit(options.Audit, Require);
        Require(options.SharedState is null || options.StateDirectory is not null, "what several machines share needs a StateDirectory on each, for packages, keys and logs");
        Require(options.SharedState is null || options.TrustStoreFile is null, "TrustStoreFile is set, and the trust store is shared");
        InspectionRoom.Check(options, Require);
        TrustRoom.Check(options, Require);
        ChainRoom.Check(options, Require);
        Try(() => ResolveMap.Parse(options.Resolve.Select(pair => (pair.Key, pair.Value))));
        foreach (var (publisher, keys) in options.TrustedPublishers)
        {
            Require(keys is { Count: > 0 }, $"TrustedPublishers names no key for '{publisher}'");
            foreach (var key in keys ?? [])
            {
                Try(() => TrustStore.Empty.With(publisher, key));
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Require(bool condition, string problem)
        {
            if (!condition)
            {
                problems.Add(problem);
            }
        }

        void Try(Action action)
        {
            try
            {
                action();
            }
            catch (FormatException e)
            {
                problems.Add(e.Message);
            }
        }
    }

    /// <summary>Tells what is wrong with limits.</summary>
    public static void CheckLimits(SkillLimits limits, Action<bool, string> require)
    {
        require(limits.CallTime >= TimeLimits.Shortest && limits.CallTime <= TimeLimits.Longest, "Limits.CallTime is not between 10 ms and 24 h");
        require(limits.LoadTime >= TimeLimits.Shortest && limits.LoadTime <= TimeLimits.Longest, "Limits.LoadTime is not between 10 ms and 24 h");
        require(limits.CallFuel > 0, "Limits.CallFuel is not positive");
        require(limits.CallMemoryBytes >= MinMemoryBytes, "Limits.CallMemoryBytes is less than 65536");
        require(limits.ConcurrentCalls > 0, "Limits.ConcurrentCalls is not positive");
        require(limits.ConcurrentCallsPerSkill > 0, "Limits.ConcurrentCallsPerSkill is not positive");
        require(limits.QueuedCalls >= 0, "Limits.QueuedCalls is negative");
        require(limits.ConcurrentLoads > 0, "Limits.ConcurrentLoads is not positive");
        require(limits.DataBytes >= 0, "Limits.DataBytes is negative");
        require(limits.DrainTime >= TimeSpan.Zero && limits.DrainTime <= TimeLimits.Longest, "Limits.DrainTime is not between 0 and 24 h");
        require(limits.QueueTime >= TimeSpan.Zero && limits.QueueTime <= TimeLimits.Longest, "Limits.QueueTime is not between 0 and 24 h");
        require(IsRate(limits.CallsPerSecond) && IsRate(limits.CallsPerSecondPerSkill), "Limits.CallsPerSecond or CallsPerSecondPerSkill is not between 0.001 and a billion");
        require(!(limits.BrokeredBytesPerSecond <= 0) && !(limits.BrokeredBytesPerSecondPerSkill <= 0), "Limits.BrokeredBytesPerSecond or BrokeredBytesPerSecondPerSkill is not positive");
        require(limits.HostMemoryBytes >= MinMemoryBytes, "Limits.HostMemoryBytes is less than 65536");
        require(limits.FailureRatio is > 0 and <= 1, "Limits.FailureRatio is not above 0 and at most 1");
        require(limits.FailureMinimumCalls >= 2, "Limits.FailureMinimumCalls is less than 2");
        require(limits.FailureWindow >= ShortestBreak && limits.FailureWindow <= TimeLimits.Longest, "Limits.FailureWindow is not between half a second and 24 h");
        require(limits.BreakTime >= ShortestBreak && limits.BreakTime <= TimeLimits.Longest, "Limits.BreakTime is not between half a second and 24 h");
        require(limits.QuarantineAfterBreaks >= 0, "Limits.QuarantineAfterBreaks is negative");
        require(limits.HttpRetries is >= 0 and <= TimeLimits.MostRetries, $"Limits.HttpRetries is not between 0 and {TimeLimits.MostRetries}");
        require(limits.SessionsPerSkill >= 0, "Limits.SessionsPerSkill is negative");
        require(limits.DenialsPerMinute >= 0, "Limits.DenialsPerMinute is negative");
    }

    private static bool IsRate(double? rate) => rate is null or (>= 0.001 and <= 1e9);

    private static void CheckAudit(AuditOptions audit, Action<bool, string> require)
    {
        require(audit.GroupRecords is >= 2 and <= 1_000_000, "Audit.GroupRecords is not between 2 and 1,000,000");
        require(audit.Interval >= TimeSpan.FromMilliseconds(10) && audit.Interval <= TimeSpan.FromMinutes(1), "Audit.Interval is not between 10 ms and a minute");
        require(audit.SegmentBytes >= MinMemoryBytes, "Audit.SegmentBytes is less than 65536");
        require(audit.CheckpointRecords > 0, "Audit.CheckpointRecords is not positive");
        require(audit.SkillBytesPerMinute >= MinMemoryBytes, "Audit.SkillBytesPerMinute is less than 65536");
        require(Enum.IsDefined(audit.Durability), "Audit.Durability is unknown");
        require(!(audit.RetainBytes < 0) && !(audit.RetainFor < TimeSpan.Zero), "Audit.RetainBytes or Audit.RetainFor is negative");
    }
}
