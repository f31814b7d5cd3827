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

    public ValidateOptionsResult Validate(string? name, SkillHostOptions options)
    {
        var problems = new List<string>();
        var limits = options.Limits;
        Require(options.Time is not null, "Time is not set");
        Require(limits.CallTime >= TimeLimits.Shortest && limits.CallTime <= TimeLimits.Longest, "Limits.CallTime is not between 10 ms and 24 h");
        Require(limits.LoadTime >= TimeLimits.Shortest && limits.LoadTime <= TimeLimits.Longest, "Limits.LoadTime is not between 10 ms and 24 h");
        Require(limits.CallFuel > 0, "Limits.CallFuel is not positive");
        Require(limits.CallMemoryBytes >= MinMemoryBytes, "Limits.CallMemoryBytes is less than 65536");
        Require(limits.ConcurrentCalls > 0, "Limits.ConcurrentCalls is not positive");
        Require(limits.ConcurrentCallsPerSkill > 0, "Limits.ConcurrentCallsPerSkill is not positive");
        Require(limits.QueuedCalls >= 0, "Limits.QueuedCalls is negative");
        Require(limits.ConcurrentLoads > 0, "Limits.ConcurrentLoads is not positive");
        Require(limits.DataBytes >= 0, "Limits.DataBytes is negative");
        Require(limits.DrainTime >= TimeSpan.Zero && limits.DrainTime <= TimeLimits.Longest, "Limits.DrainTime is not between 0 and 24 h");
        CheckAudit(options.Audit, Require);
        InspectionRoom.Check(options, Require);
        TrustRoom.Check(options, Require);
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
