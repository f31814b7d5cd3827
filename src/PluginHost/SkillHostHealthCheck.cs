using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PluginHost;

/// <summary>
/// Whether a host can do its work, for <c>AddHealthChecks().AddCheck&lt;SkillHostHealthCheck&gt;("pluginhost")</c>. Unhealthy: it is stopped, its audit log cannot be
/// written, or its state cannot be read, so nothing runs. Degraded: calls of a skill are stopped by its circuit. Data: <c>skills</c>, <c>stopped</c> (their ids) and,
/// with a state directory, <c>quarantined</c> (how many versions).
/// </summary>
/// <param name="host">The host.</param>
public sealed class SkillHostHealthCheck(SkillHost host) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                try
                {
                    return Look();
                }
                catch (Exception e) when (e is SkillException or ObjectDisposedException)
                {
                    return new HealthCheckResult(context.Registration?.FailureStatus ?? HealthStatus.Unhealthy, e is SkillException refused ? refused.Code : "the host has stopped", e);
                }
            },
            cancellationToken);
    }

    private HealthCheckResult Look()
    {
        var stopped = host.Services.Loaded.Keys.Where(skill => skill.IsStopped).Select(skill => skill.Id).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        host.CheckWorks();
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["skills"] = host.Services.Loaded.Count, ["stopped"] = stopped };
        if (host.Services.Library is { } library)
        {
            data["quarantined"] = library.List().Count(entry => entry.Status == SkillStatus.Quarantined);
        }

        return stopped.Length == 0 ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded($"calls are stopped: {string.Join(", ", stopped)}", data: data);
    }
}
