using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PluginHost.Embedding;

namespace PluginHost;

/// <summary>
/// Audits what is installed again and again, and quarantines what fails: a publisher may lose its key, and a component may turn out to be malicious, long
/// after a skill was installed. Register it as a hosted service beside the <see cref="SkillHost"/>.
/// </summary>
public sealed class SkillReAuditService : BackgroundService
{
    private const int Parts = 1_000_000;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private readonly SkillHost _host;
    private readonly SkillReAuditOptions _options;

    /// <param name="host">The host whose library is audited.</param>
    /// <param name="options">When.</param>
    /// <exception cref="OptionsValidationException">Options are out of their ranges.</exception>
    /// <exception cref="InvalidOperationException">The host has no state directory.</exception>
    public SkillReAuditService(SkillHost host, IOptions<SkillReAuditOptions> options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        _host = host;
        _options = options.Value;
        _ = host.Library;
        if (new SkillReAuditOptionsValidator().Validate(null, _options) is { Failed: true } wrong)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(SkillReAuditOptions), wrong.Failures);
        }
    }

    /// <summary>Raised after each audit, with what it came to; empty where the library itself could not be read, which is on record.</summary>
    public event EventHandler<IReadOnlyList<SkillReAuditResult>>? Completed;

    /// <summary>Told of each version while an audit goes on.</summary>
    public IProgress<SkillReAuditResult>? Progress { get; set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first comes soon: what happened while the process was down must not wait for hours.
        for (var first = true; !stoppingToken.IsCancellationRequested; first = false)
        {
            await Task.Delay(first ? Soon : Next(), _host.Time, stoppingToken).ConfigureAwait(false);
            IReadOnlyList<SkillReAuditResult> results;
            try
            {
                results = await _host.Library.ReAuditAsync(quarantine: true, _options, Progress, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Whatever it was, the next audit has to come: nobody else looks.
                _host.ReAuditFailed(e);
                results = [];
            }

            try
            {
                Completed?.Invoke(this, results);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _host.ReAuditFailed(e);
            }
        }
    }

    private TimeSpan Next() => _options.Interval * (1 + (_options.Jitter * ((2.0 * RandomNumberGenerator.GetInt32(Parts) / Parts) - 1)));
}
