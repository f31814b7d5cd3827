using PluginHost.Lifecycle;
using PluginHost.Limits;

namespace PluginHost.Library;

/// <summary>Audits installed versions one after the other, each as a load is: few at a time in a process, and within a time.</summary>
/// <param name="loads">The pipeline of loads.</param>
/// <param name="audit">The audit, as of now.</param>
internal sealed class LibraryAudit(LoadPipeline loads, Func<ReAudit> audit)
{
    /// <summary>Audits one installed version. What goes wrong on the way is a finding, too.</summary>
    /// <param name="view">What the lifecycle journal says.</param>
    /// <param name="installed">The version.</param>
    /// <param name="maxFeedAge">How old the newest record of the feed may be.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ReAuditFindings> CheckAsync(Func<LifecycleView> view, InstalledSkill installed, TimeSpan maxFeedAge, CancellationToken cancellation)
    {
        try
        {
            return await loads.ExecuteAsync(token => audit().Check(view(), installed, maxFeedAge, token), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SkillException or IOException or UnauthorizedAccessException)
        {
            return new ReAuditFindings(installed, SkillReAuditStatus.Unknown, [e is SkillException refused ? $"{refused.Code}: {refused.Message}" : $"state.library: {e.Message}"]);
        }
    }
}
