using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;
using PluginHost.Consent;
using PluginHost.Hosting;
using PluginHost.Lifecycle;
using PluginHost.State;

namespace PluginHost;

/// <summary>
/// The one way to third-party skills: verifies a package, asks for consent, and only then compiles and sandboxes it. Every
/// host call of a loaded skill is checked against what was granted, and recorded.
/// </summary>
public sealed class SkillHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HostServices _services;
    private readonly Lock _gate = new();
    private IDisposable? _following;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _disposed;

    private SkillHost(SkillHostOptions options) => _services = new HostServices(options);

    /// <summary>The skills that are installed in the host's state directory.</summary>
    /// <exception cref="InvalidOperationException">The host has no state directory.</exception>
    public SkillLibrary Library => _services.Library ?? throw new InvalidOperationException("skills are installed in a state directory, and options.StateDirectory is not set");

    /// <summary>Hash of the last line of the audit log. Kept elsewhere, it proves later that nothing was cut off.</summary>
    public string AuditHead => _services.Audit.Head;

    /// <summary>Its clock.</summary>
    internal HostServices Services => _services;

    internal TimeProvider Time => _services.Time;

    /// <summary>Makes a host. Later changes of the options do not reach it.</summary>
    /// <param name="options">How it decides.</param>
    /// <exception cref="OptionsValidationException">Options are wrong; all that is wrong is told.</exception>
    /// <exception cref="SkillStateException">The state directory or the audit log cannot be opened, or was tampered with.</exception>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static SkillHost Create(SkillHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var result = new SkillHostOptionsValidator().Validate(Options.DefaultName, options);
        return result.Failed
            ? throw new OptionsValidationException(Options.DefaultName, typeof(SkillHostOptions), result.Failures)
            : new SkillHost(options);
    }

    /// <inheritdoc cref="Create(SkillHostOptions)"/>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static SkillHost Create(IOptions<SkillHostOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(options.Value);
    }

    /// <summary>Makes a host whose limits follow the options when they change; what else changes in them counts for the next host.</summary>
    /// <param name="options">How it decides. A change that breaks a rule is put on record and changes nothing.</param>
    /// <exception cref="OptionsValidationException">Options are wrong; all that is wrong is told.</exception>
    /// <exception cref="SkillStateException">The state directory or the audit log cannot be opened, or was tampered with.</exception>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static SkillHost Create(IOptionsMonitor<SkillHostOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var first = options.CurrentValue;
        var host = Create(first);
        host._following = options.OnChange((changed, name) =>
        {
            if (string.IsNullOrEmpty(name))
            {
                host.Follow(changed.Limits);
            }
        });

        // What changed between the two.
        if (options.CurrentValue is var now && !ReferenceEquals(now, first))
        {
            host.Follow(now.Limits);
        }

        return host;
    }

    /// <summary>
    /// Changes the limits while calls run. Places, rates, memory and circuits of all skills follow at once, and what was taken before counts; what a single call
    /// may take follows for skills that are loaded from now on.
    /// </summary>
    /// <param name="limits">The limits. Later changes of them do not reach the host.</param>
    /// <exception cref="OptionsValidationException">They are wrong; all that is wrong is told, and nothing changes.</exception>
    public void Reload(SkillLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var problems = new List<string>();
        SkillHostOptionsValidator.CheckLimits(limits, (holds, problem) => problems.AddRange(holds ? [] : [problem]));
        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(SkillLimits), problems);
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _services.Reload(limits);
        }
    }

    /// <summary>
    /// Says that a state directory counts as it is, after its anchor refused it. Whoever calls this answers for it: what the
    /// anchor remembered, and the reason, are put on record.
    /// </summary>
    /// <param name="stateDirectory">The directory.</param>
    /// <param name="anchor">The anchor, which is given a new mark.</param>
    /// <param name="who">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <exception cref="SkillStateException">The directory is missing or damaged, or the anchor cannot be written.</exception>
    public static void AdoptState(string stateDirectory, IStateAnchor anchor, string who, string reason)
    {
        ArgumentNullException.ThrowIfNull(anchor);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        StateAdoption.Adopt(StateRoot.Open(stateDirectory), anchor, who, reason, TimeProvider.System);
    }

    /// <summary>Loads a skill, waiting on no task: it throws where consent would have to be waited for.</summary>
    /// <param name="path">File of the package. Evidence is read from the file beside it whose name ends with <c>.intoto.jsonl</c>.</param>
    /// <param name="options">What this skill is given.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <exception cref="SkillVerificationException">A room refused the package.</exception>
    /// <exception cref="SkillConsentException">Nobody consented, or the answer is not there at once.</exception>
    /// <exception cref="SkillLimitException">It took too long, or too many packages are loaded already.</exception>
    /// <exception cref="SkillStateException">A file of the host's own is missing, damaged or cannot be written.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Skill LoadSkill(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Load(PackageSource.File(path), options, cancellationToken);
    }

    /// <summary>Loads a skill from a stream, which is read to its end and not closed.</summary>
    /// <param name="package">The package.</param>
    /// <param name="options">What this skill is given.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <inheritdoc cref="LoadSkill(string, SkillLoadOptions, CancellationToken)"/>
    public Skill LoadSkill(Stream package, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(package);
        return Load(PackageSource.Stream(package), options, cancellationToken);
    }

    /// <summary>Loads an installed skill from the library, waiting on no task: it passes every room again.</summary>
    /// <param name="skillId">The skill.</param>
    /// <param name="version">Its version; null for the current one.</param>
    /// <param name="options">What this skill is given.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <exception cref="SkillVerificationException">It is not installed, or a room refused it.</exception>
    /// <exception cref="SkillStatusException">It may not run.</exception>
    /// <exception cref="SkillConsentException">Nobody consented, or the answer is not there at once.</exception>
    /// <exception cref="SkillLimitException">It took too long, or too many packages are loaded already.</exception>
    /// <exception cref="SkillStateException">The library was tampered with, or a file of the host's own is missing or cannot be written.</exception>
    public Skill LoadInstalledSkill(string skillId, string? version = null, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(skillId);
        return Load(Library.Open(skillId, version), options, cancellationToken);
    }

    /// <summary>Loads an installed skill from the library. The time that consent takes is not counted.</summary>
    /// <inheritdoc cref="LoadInstalledSkill"/>
    public Task<Skill> LoadInstalledSkillAsync(string skillId, string? version = null, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(skillId);
        return LoadAsync(Library.Open(skillId, version), options, cancellationToken);
    }

    /// <summary>
    /// Quarantines a version, in every process that shares this host's state: what runs of it is stopped within a second, and nothing of it is loaded
    /// or called until an operator's signature lifts that.
    /// </summary>
    /// <param name="skillId">The skill.</param>
    /// <param name="version">Its version.</param>
    /// <param name="reason">Why; goes on record.</param>
    /// <param name="who">Who says so.</param>
    /// <exception cref="SkillVerificationException">Nothing is known of it here.</exception>
    /// <exception cref="SkillStateException">It cannot be put on record.</exception>
    public void Quarantine(string skillId, string version, string reason, string who)
    {
        ArgumentNullException.ThrowIfNull(skillId);
        ArgumentNullException.ThrowIfNull(version);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        _services.Life.Quarantine(view => LifecycleDecisions.Known(view, skillId, version), reason, who);
    }

    /// <summary>The same by the digest of a payload: a package that nobody signed has no other name that is its own.</summary>
    /// <param name="payloadDigest">Lower hex SHA-256, as <see cref="Skill.PayloadDigest"/> tells it.</param>
    /// <param name="reason">Why; goes on record.</param>
    /// <param name="who">Who says so.</param>
    /// <exception cref="SkillVerificationException">Nothing is known of it here.</exception>
    /// <exception cref="SkillStateException">It cannot be put on record.</exception>
    public void Quarantine(string payloadDigest, string reason, string who)
    {
        ArgumentNullException.ThrowIfNull(payloadDigest);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        _services.Life.Quarantine(view => LifecycleDecisions.Known(view, payloadDigest), reason, who);
    }

    /// <summary>Loads a skill. The time that consent takes is not counted.</summary>
    /// <inheritdoc cref="LoadSkill(string, SkillLoadOptions, CancellationToken)"/>
    public Task<Skill> LoadSkillAsync(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        return LoadAsync(PackageSource.File(path), options, cancellationToken);
    }

    /// <summary>Loads a skill from a stream, which is read to its end and not closed. The time that consent takes is not counted.</summary>
    /// <inheritdoc cref="LoadSkill(Stream, SkillLoadOptions, CancellationToken)"/>
    public async Task<Skill> LoadSkillAsync(Stream package, SkillLoadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(package);
        return await LoadAsync(await _services.Loads.ReadAsync(token => PackageSource.StreamAsync(package, token), cancellationToken).ConfigureAwait(false), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads a skill whose version can be exchanged while it is called.</summary>
    /// <inheritdoc cref="LoadSkill(string, SkillLoadOptions, CancellationToken)"/>
    public async Task<LiveSkill> LoadLiveSkillAsync(string path, SkillLoadOptions? options = null, CancellationToken cancellationToken = default) =>
        new(this, await LoadSkillAsync(path, options, cancellationToken).ConfigureAwait(false), options, follows: false);

    /// <summary>
    /// Loads the current version of an installed skill, and whatever is current later: another version that is installed, or gone back to, by any process
    /// on this state is verified and consented to beside the running one and then stands in its place.
    /// </summary>
    /// <param name="skillId">The skill.</param>
    /// <param name="options">What each version is given.</param>
    /// <param name="follows">False to follow only where <see cref="LiveSkill.FollowAsync"/> is called.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    /// <inheritdoc cref="LoadInstalledSkill"/>
    public async Task<LiveSkill> LoadLiveInstalledSkillAsync(string skillId, SkillLoadOptions? options = null, bool follows = true, CancellationToken cancellationToken = default) =>
        new(this, await LoadInstalledSkillAsync(skillId, null, options, cancellationToken).ConfigureAwait(false), options, follows);

    /// <summary>Disposes the host, and does not wait for calls any longer once it is cancelled: then they are interrupted at once.</summary>
    /// <param name="cancellationToken">That there is no more time.</param>
    /// <inheritdoc cref="DisposeAsync"/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // It takes no more calls from here on, so that whoever is interrupted is the last.
        var end = DisposeAsync().AsTask();
        using var hurry = cancellationToken.UnsafeRegister(
            static state =>
            {
                foreach (var skill in ((HostServices)state!).Loaded.Keys)
                {
                    skill.Interrupt();
                }
            },
            _services);
        await end.ConfigureAwait(false);

        // Somebody else may have begun it.
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Whether it could load and call: its journal can be read and its audit log written.</summary>
    /// <exception cref="SkillStateException">It could not.</exception>
    /// <exception cref="ObjectDisposedException">It has stopped.</exception>
    internal void CheckWorks()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }

        _services.Life.Journal.Refresh();
        _services.Audit.Check();
    }

    /// <summary>
    /// Disposes the skills that are still loaded, and closes the audit log. Guests whose callers were released without them get
    /// a moment to end, so that their receipts are written.
    /// </summary>
    /// <exception cref="SkillStateException">Records of what had happened could not be written to the end: everything is disposed, and they are lost.</exception>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private async Task EndAsync()
    {
        HostLog.Stopping(_services.Logger, _services.Loaded.Count);
        _following?.Dispose();
        await Task.WhenAll(_services.Loaded.Keys.Select(skill => skill.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _services.Threads.DrainAsync(Patience).ConfigureAwait(false);
        _services.Dispose();
        HostLog.Stopped(_services.Logger, _services.Audit.Head);
        if (_services.Audit.HasLost)
        {
            throw new SkillStateException("audit-failed", "the audit log was closed with records of what had happened that could not be written");
        }
    }

    /// <summary>Puts on record that what is installed could not be audited.</summary>
    internal void ReAuditFailed(Exception reason)
    {
        var code = (reason as SkillException)?.Code ?? reason.GetType().Name;
        try
        {
            _services.Audit.AppendAfter("lifecycle", writer =>
            {
                writer.WriteString("event", "re-audit-failed");
                writer.WriteString("code", code);
            }, out _);
        }
        catch (Exception e) when (e is SkillStateException or ObjectDisposedException)
        {
            // A log that cannot be written stops the skills by itself; the next audit has to come all the same.
        }

        HostLog.ReAuditFailed(_services.Logger, code);
    }

    private void Follow(SkillLimits limits)
    {
        try
        {
            Reload(limits);
        }
        catch (OptionsValidationException e)
        {
            _services.Audit.AppendAfter("config", writer =>
            {
                writer.WriteString("event", "limits-refused");
                writer.WriteString("reason", string.Join("; ", e.Failures));
            }, out _);
            HostLog.LimitsRefused(_services.Logger, string.Join("; ", e.Failures));
        }
        catch (ObjectDisposedException)
        {
            // It ends just now.
        }
    }

    private Skill Load(PackageSource source, SkillLoadOptions? options, CancellationToken cancellationToken)
    {
        var loader = Loader(source, options);
        var activity = Telemetry.Load();
        try
        {
            var candidate = _services.Loads.Execute(loader.Verify, cancellationToken);
            using var unanswered = new CancellationTokenSource();
            var asked = _services.Consents.AskAsync(candidate, unanswered.Token);
            if (!asked.IsCompleted)
            {
                unanswered.Cancel();
                throw new SkillConsentException("needs-waiting", "consent is given later, and this load waits on nothing: use LoadSkillAsync", candidate.Request);
            }

            var answer = asked.GetAwaiter().GetResult();
            var skill = Kept(loader, candidate, answer, isAside: false, _services.Loads.Execute(token => loader.Admit(candidate, answer, token), cancellationToken));
            Telemetry.Loaded(activity, "ok");
            return skill;
        }
        catch (Exception e)
        {
            Refused(loader, activity, e);
            throw;
        }
    }

    /// <summary>Loads a skill that is to stand in the place of another one, whose publisher and id it must have.</summary>
    internal Task<Skill> LoadBesideAsync(Skill other, PackageSource source, SkillLoadOptions? options, CancellationToken cancellationToken) => LoadAsync(source, options, cancellationToken, other);

    internal static SkillVerificationException AnotherSkill(string skillId, string publisher, Skill running) =>
        new("policy", "another-skill", $"'{skillId}' by '{publisher}' does not stand in the place of '{running.Id}' by '{running.Publisher}'");

    private async Task<Skill> LoadAsync(PackageSource source, SkillLoadOptions? options, CancellationToken cancellationToken, Skill? beside = null)
    {
        var loader = Loader(source, options, isBeside: beside is not null);
        var activity = Telemetry.Load();
        try
        {
            var candidate = await _services.Loads.ExecuteAsync(loader.Verify, cancellationToken).ConfigureAwait(false);
            if (beside is not null && (candidate.Request.SkillId, candidate.Request.Publisher) != (beside.Id, beside.Publisher))
            {
                throw AnotherSkill(candidate.Request.SkillId, candidate.Request.Publisher, beside);
            }

            var answer = await _services.Consents.AskAsync(candidate, cancellationToken).ConfigureAwait(false);
            var skill = Kept(loader, candidate, answer, beside is not null, await _services.Loads.ExecuteAsync(token => loader.Admit(candidate, answer, token), cancellationToken).ConfigureAwait(false));
            Telemetry.Loaded(activity, "ok");
            return skill;
        }
        catch (Exception e)
        {
            Refused(loader, activity, e);
            throw;
        }
    }

    private static void Refused(SkillLoader loader, Activity? activity, Exception reason)
    {
        Telemetry.Loaded(activity, Telemetry.CodeOf(reason));
        if (reason is SkillException refused)
        {
            loader.Refused(refused);
        }
    }

    private SkillLoader Loader(PackageSource source, SkillLoadOptions? options, bool isBeside = false)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }

        return new SkillLoader(_services, source, options ?? new SkillLoadOptions(), isBeside);
    }

    /// <summary>Nothing is pinned or recorded for a skill that nobody gets: a host that was disposed meanwhile keeps none.</summary>
    private Skill Kept(SkillLoader loader, Candidate candidate, ConsentAnswer answer, bool isAside, Skill skill)
    {
        skill.IsAside = isAside;
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                loader.Keep(skill.Consented, candidate, answer);
                _services.Loaded.TryAdd(skill, true);

                // Limits may have changed since it was made.
                skill.Reload(_services.Limits);
                return skill;
            }
        }
        catch
        {
            _ = skill.DisposeAsync().AsTask();
            throw;
        }
    }
}
