using Microsoft.Extensions.Options;

namespace PluginHost.Embedding;

/// <summary>Tells everything that is wrong with options at once.</summary>
internal sealed class SkillReAuditOptionsValidator : IValidateOptions<SkillReAuditOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public ValidateOptionsResult Validate(string? name, SkillReAuditOptions options)
    {
        List<string> problems =
        [
            .. options.Interval < Shortest || options.Interval > Longest ? ["Interval is not between a second and 30 days"] : Array.Empty<string>(),
            .. options.Jitter is >= 0 and <= 0.5 ? Array.Empty<string>() : ["Jitter is not between 0 and 0.5"],
            .. options.MaxFeedAge > TimeSpan.Zero && options.MaxFeedAge < TimeSpan.FromDays(365_000) ? Array.Empty<string>() : ["MaxFeedAge is not between 0 and a thousand years"],
        ];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
