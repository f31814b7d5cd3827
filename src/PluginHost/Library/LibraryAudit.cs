using PluginHost.Lifecycle;
using PluginHost.Limits;

namespace PluginHost.Library;

/// <summary>Audits installed versions one after the other, each as a load is: few at a time in a process, and within a time.</summary>
/// <param name="loads">The pipeline of loads.</param>
/// <param name="audit">The audit, as of now.</param>
internal sealed class LibraryAudit(LoadPipeline loads, Func<ReAudit> audit)
{
    private const int Tries = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Audits one installed version. What goes wrong on the way is a finding, too.</summary>
    /// <param name="view">What the lifecycle journal says.</param>
    /// <param name="installed">The version.</param>
    /// <param name="maxFeedAge">How old the newest record of the feed may be.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ReAuditFindings> CheckAsync(Func<LifecycleView> view, InstalledSkill installed, TimeSpan maxFeedAge, CancellationToken cancellation)
    {
        try
        {
            return await InTurnAsync(token => audit().Check(view(), installed, maxFeedAge, token), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SkillException or IOException or UnauthorizedAccessException)
        {
            return new ReAuditFindings(installed, SkillReAuditStatus.Unknown, [e is SkillException refused ? $"{refused.Code}: {refused.Message}" : $"state.library: {e.Message}"]);
        }
    }

    /// <summary>Where so much is loaded that nothing more may wait, it comes again: nobody else looks at this version for hours.</summary>
    private async Task<ReAuditFindings> InTurnAsync(Func<CancellationToken, ReAuditFindings> check, CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await loads.ExecuteAsync(check, cancellation).ConfigureAwait(false);
            }
            catch (SkillLimitException e) when (e.Code == LimiterStrategy.Concurrency && tried < Tries)
            {
                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
        }
    }
}
