using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Audit;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Functions;
using PluginHost.Capabilities.Http;
using PluginHost.Capabilities.Variables;
using PluginHost.Consent;
using PluginHost.Library.Registries;
using PluginHost.Lifecycle;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Hosting;

/// <summary>What the skills of a host share, made from its options once.</summary>
internal sealed class HostServices : IDisposable
{
    /// <summary>Threads beyond those of the calls that may run, for guests that did not stop when their callers were released.</summary>
    private const int AbandonedCalls = 16;

    /// <summary>What compiled code that nobody uses any more may go on taking.</summary>
    private const long UnusedCodeBytes = 64L << 20;

    /// <summary>Clocks that are set by the network go back a little.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Publisher, string Skill), SkillState> _states = [];
    private readonly Lock _exchange = new();
    private readonly StateRoot? _root;
    private readonly LifecycleWatch _watch;
    private readonly InspectionSettings _inspection;
    private readonly ChainFiles _chainFiles;

    /// <exception cref="SkillStateException">The state directory or the audit log cannot be opened.</exception>
    public HostServices(SkillHostOptions options)
    {
        var root = _root = options.StateDirectory is { } directory ? StateRoot.Open(directory) : null;

        // Resolved once: where the process stands later must not decide whom it trusts.
        var trustFile = options.TrustStoreFile is { } store ? Path.GetFullPath(store) : root?.TrustStore;
        var auditFile = options.AuditFile is { } log ? Path.GetFullPath(log) : root?.NewAuditFile(options.Time);
        Time = options.Time;
        Shared = root is null ? null : options.SharedState?.Invoke();
        try
        {
            State = root is null ? null : StateGuard.Open(root, options.Anchor, Time, Shared?.Id ?? "");
        }
        catch
        {
            Shared?.Dispose();
            throw;
        }

        Consents = new ConsentRoom(
            root is null ? new ConsentStore(null, () => Now) : ConsentStore.Of(root, () => Now, () => State?.Advance()),
            options.Consent,
            options.InheritConsent,
            (options.AcceptedPayloads.ToImmutableHashSet(StringComparer.Ordinal), options.AcceptedBy),
            () => State?.Advance());
        Approve = options.Approve;
        Registries = new RegistryWatch(root?.Registries);
        _inspection = ChainRoom.Settings(InspectionRoom.Settings(options), options.Chain, root) with { IsDelegated = (publisher, key) => Registries.IsDelegated(publisher, key, Trust!.Read().Ledger) };
        _chainFiles = new ChainFiles(options.Chain);
        _ = Inspection;
        ScoreThresholds = ChainRoom.Thresholds(options.Chain);
        Functions = options.Functions.ToImmutable();
        Logger = options.Logger is { } told ? new QuietLogger(told) : NullLogger.Instance;
        Log = options.Log ?? Say;
        Secrets = options.Secrets ?? (static _ => null);
        Resolve = ResolveMap.Parse(options.Resolve.Select(pair => (pair.Key, pair.Value)));
        Trust = new TrustFiles(
            options.TrustStoreFile is null ? null : trustFile, root, State, [.. options.TrustedPublishers.SelectMany(pair => pair.Value.Select(key => (pair.Key, key)))], Shared?.Trust);
        Trusts = TrustRoom.Rules(options, root);
        Protected = new ProtectedPlaces([root?.Path], [trustFile, auditFile]);
        Limits = options.Limits.Copy();
        AuditBytes = options.Audit.SkillBytesPerMinute;
        DrainTime = options.Limits.DrainTime;
        Policy = new HostPolicy([.. options.WithdrawnCapabilities], OfGuests(options.Limits))
        {
            Hosts = options.AllowedHosts?.Select(host => host.ToLowerInvariant()).ToImmutableHashSet(StringComparer.Ordinal),
            StrictImports = options.StrictImports,
            WithdrawnPlace = options.WithdrawnPlace,
        };
        Threads = new EngineThreads(options.Limits.ConcurrentCalls + AbandonedCalls);
        Calls = new HostCallLimits(Time, Limits);
        Modules = new ModuleCache(Calls.TakeMemory, Math.Min(UnusedCodeBytes, Limits.HostMemoryBytes / 8));
        Calls.MakeRoom = Modules.Trim;
        Loads = new LoadPipeline(Time, Limits, LimitCounter.Instance);
        Retry = new HttpRetry(Limits.HttpRetries, Time, LimitCounter.Instance);
        Audit = OpenAudit(options.Audit, auditFile);
        try
        {
            Life = new LifecycleRoom(OpenJournal([.. options.OperatorKeys]), Audit, options.Actor, Logger);
        }
        catch
        {
            Audit.Dispose();
            Shared?.Dispose();
            throw;
        }

        Library = root is null ? null : new SkillLibrary(this, root.Skills);
        _watch = new LifecycleWatch(this, root is not null);
        if (State?.SetBack > ClockTolerance)
        {
            Audit.Append("lifecycle", writer =>
            {
                writer.WriteString("event", "clock-set-back");
                writer.WriteNumber("seconds", (long)State.SetBack.TotalSeconds);
            });
        }
    }

    public TimeProvider Time { get; }

    /// <summary>What the registries that are followed say.</summary>
    public RegistryWatch Registries { get; }

    /// <summary>The state directory; null where there is none.</summary>
    public StateRoot? Root => _root;

    /// <summary>Skills that were loaded and not disposed.</summary>
    public ConcurrentDictionary<Skill, bool> Loaded { get; } = [];

    public AuditLog Audit { get; }

    /// <summary>The score that is asked for, by exposure.</summary>
    public ImmutableDictionary<SkillExposure, int> ScoreThresholds { get; }

    /// <summary>How publishers are trusted.</summary>
    public TrustRules Trusts { get; }

    /// <summary>Where each version of a skill stands.</summary>
    public LifecycleRoom Life { get; }

    /// <summary>What is installed; null without a state directory.</summary>
    public SkillLibrary? Library { get; }

    /// <summary>Who consents to what.</summary>
    public ConsentRoom Consents { get; }

    /// <summary>What several machines share; null where nothing is.</summary>
    public ISharedState? Shared { get; }

    /// <summary>The state directory's guard; null without one.</summary>
    public StateGuard? State { get; }

    /// <summary>The latest time that is known, which a clock that is set back does not change.</summary>
    public DateTimeOffset Now => State?.Now ?? Time.GetUtcNow();

    public ApprovalCallback? Approve { get; }

    /// <summary>Functions of the embedder, by name.</summary>
    public ImmutableDictionary<string, HostFunctionBinding> Functions { get; }

    /// <summary>What guests get at most.</summary>
    public HostPolicy Policy { get; private set; }

    /// <summary>The limits as they are now.</summary>
    public SkillLimits Limits { get; private set; }

    /// <summary>What is demanded of papers and code.</summary>
    /// <exception cref="SkillStateException">A file that the policy names cannot be used as it is now.</exception>
    public InspectionSettings Inspection => _chainFiles.In(_inspection);

    public TrustFiles Trust { get; }

    public ProtectedPlaces Protected { get; }

    public ResolveMap Resolve { get; }

    public Func<string, string?> Secrets { get; }

    public Action<SkillLogMessage> Log { get; }

    /// <summary>Told what happens.</summary>
    public ILogger Logger { get; }

    public LoadPipeline Loads { get; }

    /// <summary>Where guests run.</summary>
    public EngineThreads Threads { get; }

    /// <summary>What all calls of the host share.</summary>
    public HostCallLimits Calls { get; }

    /// <summary>Compiled modules.</summary>
    public ModuleCache Modules { get; }

    public TimeSpan DrainTime { get; private set; }

    /// <summary>Which requests of guests are made again.</summary>
    public HttpRetry Retry { get; private set; }

    private long AuditBytes { get; }

    /// <summary>What a publisher's skill keeps between calls. Ids belong to publishers: the same id of another is another skill.</summary>
    public SkillState StateOf(string publisher, string skill) => _states.GetOrAdd((publisher, skill), _ => new SkillState(
        _root is null ? new VariableStore() : new FileVariableStore(_root.VariablesOf(publisher, skill)), Limits.DataBytes, new AuditQuota(AuditBytes, Time), Time, new ReservedSpace(Calls.TakeMemory)));

    /// <summary>Calls a tool of whatever loaded skill has it, for another skill.</summary>
    public NestedOutcome CallSkill(NestedCall nested)
    {
        NestedOutcome outcome;
        do
        {
            outcome = Offering(nested.Tool) switch
            {
                [] => NestedOutcome.Failed($"no loaded skill has the tool '{nested.Tool}'"),
                [var callee] => nested.Chain.Contains(callee.Id) ? NestedOutcome.Failed($"'{callee.Id}' is in the middle of a call already") : callee.CallNested(nested),
                _ => NestedOutcome.Failed($"more than one loaded skill has the tool '{nested.Tool}'"),
            };
        }
        while (outcome == NestedOutcome.Moved);
        return outcome;
    }

    /// <summary>Puts a skill in the place of another: at no time do other skills find both, or neither.</summary>
    public void Exchange(Skill before, Skill after)
    {
        lock (_exchange)
        {
            before.IsAside = true;
            after.IsAside = false;
        }

        after.ApplyQuotas();
        Append("exchanged", after, writer =>
        {
            writer.WriteString("payload", after.PayloadDigest);
            writer.WriteString("before", before.Version);
        });
        HostLog.Exchanged(Logger, after.Id, after.Version, before.Version);
    }

    /// <summary>Puts on record what went wrong around an exchange that happened, or did not.</summary>
    public void ExchangeFailed(Skill running, string happened, string code)
    {
        Append(happened, running, writer => writer.WriteString("code", code));
        HostLog.ExchangeFailed(Logger, running.Id, running.Version, happened, code);
    }

    /// <summary>What cannot be put on record here keeps nothing from going on: it happened, and the log tells its own trouble to whoever calls next.</summary>
    private void Append(string happened, Skill skill, Action<Utf8JsonWriter> more)
    {
        try
        {
            Audit.AppendAfter("lifecycle", writer =>
            {
                writer.WriteString("event", happened);
                writer.WriteString("skill", skill.Id);
                writer.WriteString("version", skill.Version);
                more(writer);
            }, out _);
        }
        catch (SkillStateException)
        {
            // See above.
        }
    }

    private List<Skill> Offering(string tool)
    {
        lock (_exchange)
        {
            return [.. Loaded.Keys.Where(skill => !skill.IsAside && skill.Tools.Any(offered => offered.Id == tool))];
        }
    }

    private LifecycleJournal OpenJournal(ImmutableArray<byte[]> operators)
    {
        var (store, mark) = _root is null
            ? ((IJournalStore)new MemoryJournalStore(), (IJournalMark)NoJournalMark.Instance)
            : (Shared?.OpenJournal() ?? FileJournalStore.Open(_root.Journal), new StateJournalMark(_root, State!, Shared is not null));
        return new LifecycleJournal(store, Time, () => new OperatorKeys(Trust.Read().Ledger.Operators ?? OperatorKeys.None, operators), mark);
    }

    private AuditLog OpenAudit(AuditOptions options, string? file)
    {
        var settings = AuditSettings.Of(options) with { OwnsFolder = _root is not null && file is not null && Path.GetDirectoryName(file) == _root.Audit };
        if (HostKeyFile.Signer(options.KeyFile ?? _root?.HostKey) is { } signer)
        {
            settings = settings with { Signer = signer, DigestKey = signer.DigestKey() };
        }

        if (settings.OwnsFolder && State is { } state)
        {
            settings = settings with { Checkpointed = state.Reached };
        }

        return options.Sink is { } sink ? AuditLog.To(sink, Time, settings)
            : file is not null ? AuditLog.Open(file, Time, settings)
            : AuditLog.InMemory(Time);
    }

    /// <summary>Changes the limits: at once what calls share, for what is loaded from now on what a call may take.</summary>
    public void Reload(SkillLimits limits)
    {
        Limits = limits.Copy();
        Policy = Policy with { Ceiling = OfGuests(Limits) };
        DrainTime = Limits.DrainTime;
        Threads.Reload(Limits.ConcurrentCalls + AbandonedCalls);
        Calls.Reload(Limits);
        Loads.Reload(Limits);
        Retry = new HttpRetry(Limits.HttpRetries, Time, LimitCounter.Instance);
        foreach (var state in _states.Values)
        {
            state.Reload(Limits.DataBytes);
        }

        foreach (var skill in Loaded.Keys)
        {
            skill.Reload(Limits);
        }

        Audit.AppendAfter("config", static writer => writer.WriteString("event", "limits-changed"), out _);
        HostLog.LimitsChanged(Logger);
    }

    private void Say(SkillLogMessage message)
    {
        var level = message.Level switch { "error" => LogLevel.Error, "warn" => LogLevel.Warning, _ => LogLevel.Information };
        if (Logger.IsEnabled(level))
        {
            var text = Printable.Text(message.Text);
            HostLog.Guest(Logger, level, message.SkillId, message.Tool, text);
        }
    }

    private static GuestLimits OfGuests(SkillLimits limits) => new() { Time = limits.CallTime, Fuel = limits.CallFuel, MemoryBytes = limits.CallMemoryBytes };

    public void Dispose()
    {
        _watch.Dispose();
        Life.Journal.Dispose();
        Shared?.Dispose();
        Audit.Dispose();
        try
        {
            // So that time goes on from here, whatever the clock says at the next start.
            State?.Advance();
        }
        catch (SkillStateException)
        {
            // It goes on from the last time that could be kept.
        }

        Modules.Dispose();
        Calls.Dispose();
        Loads.Dispose();
    }
}
