using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using PluginHost.Capabilities;
using PluginHost.Consent;
using PluginHost.Gate;
using PluginHost.Hosting;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost;

/// <summary>
/// A skill that passed every room. Each call of a tool gets a fresh instance, unless it is made in a session; nothing of one call is seen by the next but
/// variables and files. Calls may be made from many threads.
/// </summary>
public sealed class Skill : IAsyncDisposable
{
    /// <summary>Guests of one skill that may still run after their callers were released.</summary>
    private const int AbandonedCalls = 2;

    private readonly HostServices _services;
    private readonly SkillThreads _threads;
    private readonly ConsentedSkill _consented;
    private readonly SkillModules _modules;
    private readonly SkillFiles _files;
    private readonly ImmutableDictionary<string, ToolSchemas> _schemas;
    private readonly SkillStanding _standing;
    private readonly SkillRecords _records;
    private readonly SkillRequests _requests;
    private readonly CallApprovals _approvals;
    private readonly SkillCallLimits _limits;
    private readonly SkillMeter _meter;
    private readonly CallPipeline _pipeline;
    private readonly SkillSessions _sessions;
    private readonly RunningCalls _running = new();

    /// <summary>The last decision that its calls were interrupted for.</summary>
    private volatile SkillStatusException? _stopped;

    /// <summary>The one end of the skill, which everybody who disposes it awaits.</summary>
    private Task? _disposal;

    /// <summary>Whether that end waits for calls however long they take.</summary>
    private bool _isRetiring;

    internal Skill(
        HostServices services, ConsentedSkill consented, SkillModules modules, SkillFiles files, Candidate candidate)
    {
        _services = services;
        _threads = new SkillThreads(services.Threads, services.Limits.ConcurrentCallsPerSkill + AbandonedCalls);
        _consented = consented;
        _modules = modules;
        _files = files;
        _schemas = candidate.Schemas;
        _standing = new SkillStanding(services, consented);
        var identity = new SkillIdentity(Id, Version, PayloadDigest) { Publisher = Publisher };
        var telemetry = new LimitTelemetry(Id, Version, services.Audit);
        _limits = new SkillCallLimits(services.Time, services.Limits, services.Calls, new CallBreaker(services.Time, services.Limits, telemetry, _standing.Misbehaved));
        _meter = new SkillMeter(_limits.Bytes, new ProbeCount(services.Time, _standing.Misbehaved));
        _meter.Probes.Reload(services.Limits.DenialsPerMinute);
        _pipeline = new CallPipeline(services.Time, Id, _limits, telemetry);
        _records = new SkillRecords(services.Audit, identity, files.State.Quota);
        _requests = new SkillRequests(services, identity, files, _meter, _standing.Cancelled, candidate.Config, candidate.Schemas);
        _approvals = new CallApprovals(services, consented.Request);
        _sessions = new SkillSessions(services, consented, modules);
        Verification = VerificationReport.Of(consented);
        Grants = consented.Tools.ToImmutableDictionary(tool => tool.Code.Tool.Id, tool => SkillGrant.Of(tool with { Roots = files.AsMapped(tool.Roots) }), StringComparer.Ordinal);
    }

    /// <summary>Whether another version stands in its place: other skills do not find its tools.</summary>
    internal bool IsAside { get; set; }

    /// <summary>The quotas of its roots hold from now on.</summary>
    internal void ApplyQuotas() => _files.ApplyQuotas();

    internal ConsentedSkill Consented => _consented;

    /// <summary>Its id.</summary>
    public string Id => _consented.Request.SkillId;

    /// <summary>Its version.</summary>
    public string Version => _consented.Request.Version;

    /// <summary>Who signed it.</summary>
    public string Publisher => _consented.Request.Publisher;

    /// <summary>Lower hex SHA-256 over everything that is signed.</summary>
    public string PayloadDigest => _consented.Request.PayloadDigest;

    /// <summary>The tools it offers.</summary>
    public IReadOnlyList<SkillTool> Tools => _consented.Request.Tools;

    /// <summary>What was consented to.</summary>
    public IReadOnlyList<RequestedCapability> Capabilities => _consented.Request.Capabilities;

    /// <summary>What each tool may do, by its id.</summary>
    public IReadOnlyDictionary<string, SkillGrant> Grants { get; }

    /// <summary>What was checked before it was loaded, and what was not.</summary>
    public SkillVerification Verification { get; }

    /// <summary>Calls a tool with a text.</summary>
    /// <inheritdoc cref="CallAsync(string, ReadOnlyMemory{byte}, CallContext?, CancellationToken)"/>
    public Task<SkillCallResult> CallAsync(string toolId, string input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CallAsync(toolId, Encoding.UTF8.GetBytes(input), context, cancellationToken);
    }

    /// <summary>Calls a tool: Extism guests get the input as theirs, WASI programs on standard input with the tool's id as argument.</summary>
    /// <param name="toolId">One of <see cref="Tools"/>.</param>
    /// <param name="input">The input. It must not change until the call has ended.</param>
    /// <param name="context">On whose behalf; stands in every record of the call.</param>
    /// <param name="cancellationToken">Stops the guest wherever it is.</param>
    /// <exception cref="ArgumentException">The skill has no such tool.</exception>
    /// <exception cref="SkillSchemaException">The input, or what the guest answered, does not fit the schema of the tool.</exception>
    /// <exception cref="SkillConsentException">The tool wants each call approved, and this one was not.</exception>
    /// <exception cref="CapabilityDeniedException">The guest asked for what it was not granted.</exception>
    /// <exception cref="SkillLimitException">A limit ended the call, or there were too many calls to begin it.</exception>
    /// <exception cref="SkillTrapException">The guest trapped.</exception>
    /// <exception cref="SkillGuestException">The guest reported failure.</exception>
    /// <exception cref="SkillStateException">The call could not be recorded, so it did not go on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the skill is disposed.</exception>
    public Task<SkillCallResult> CallAsync(string toolId, ReadOnlyMemory<byte> input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(toolId);
        return CallAsync(toolId, input, context ?? CallContext.None, null, cancellationToken);
    }

    /// <summary>
    /// Opens a session: calls through it meet the same instance of the guest, one after the other, and find in its memory what earlier ones left there.
    /// All of them are made on behalf of one context, which nobody can change.
    /// </summary>
    /// <param name="context">On whose behalf.</param>
    /// <exception cref="SkillLimitException">There are too many sessions of the skill.</exception>
    /// <exception cref="ObjectDisposedException">The skill is disposed.</exception>
    public SkillSession OpenSession(CallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ObjectDisposedException.ThrowIf(_running.HasEnded, this);
        return _sessions.Open(this, context);
    }

    /// <summary>Calls a tool, in a session or with a guest of its own.</summary>
    internal Task<SkillCallResult> CallAsync(string toolId, ReadOnlyMemory<byte> input, CallContext context, SessionGuests? session, CancellationToken cancellationToken) =>
        Detached(MeasuredAsync(toolId, input, context, session, cancellationToken));

    private async Task<SkillCallResult> MeasuredAsync(string toolId, ReadOnlyMemory<byte> input, CallContext context, SessionGuests? session, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var tool = _consented.Tools.FirstOrDefault(tool => tool.Code.Tool.Id == toolId)
            ?? throw new ArgumentException($"'{Id}' has no tool '{toolId}'", nameof(toolId));
        var activity = Telemetry.Call(Id, toolId);
        try
        {
            var result = await ExecuteAsync(tool, input, context, session, cancellationToken).ConfigureAwait(false);
            Telemetry.Called(activity, Id, toolId, "ok", Stopwatch.GetElapsedTime(start), result.Receipt);
            return result;
        }
        catch (Exception e)
        {
            Telemetry.Called(activity, Id, toolId, Telemetry.CodeOf(e), Stopwatch.GetElapsedTime(start), (e as ISkillCallFailure)?.Receipt);
            LogFailure(toolId, e);
            throw;
        }
    }

    private void LogFailure(string toolId, Exception reason)
    {
        if (reason is CapabilityDeniedException denied)
        {
            HostLog.Denied(_services.Logger, Id, toolId, denied.Denial.Capability.Name, denied.Code);
        }
        else
        {
            var code = Telemetry.CodeOf(reason);
            HostLog.CallFailed(_services.Logger, Id, toolId, code);
        }
    }

    private async Task<SkillCallResult> ExecuteAsync(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, SessionGuests? session, CancellationToken cancellationToken)
    {
        using var running = Begin(session, cancellationToken);
        _standing.Check();
        var output = new MemoryStream();
        var error = new MemoryStream();
        var request = _requests.Of(tool, input, context, output, error);
        var module = _modules[tool.Code.Module.Path];
        var began = false;
        _records.Check();
        GuestResult result;
        try
        {
            CheckInput(tool.Code.Tool.Id, input);
            await _approvals.AskAsync(tool, input, context, running.Stop).ConfigureAwait(false);
            using var turn = session is null ? null : await session.TurnAsync(tool, running.Stop).ConfigureAwait(false);
            request = turn is null ? request : request with { Guests = turn, Watch = session!.Watch, Limits = tool.Limits with { MemoryBytes = turn.MemoryBytes } };
            result = await _pipeline.ExecuteAsync(
                tool.Limits.Time,
                SkillRequests.Reservation(tool, input, module.TableBytes, turn is not null),
                (deadline, reservation) => module.CallAsync(_threads, _services.Audit, request with { Ended = reservation.Dispose }, deadline, running.Stop, () => began = true),
                running.Stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!began && e is (SkillException or OperationCanceledException))
        {
            _records.NeverBegan(request, e is SkillException refused ? refused.Code : _standing.Cancelled());
            ThrowIfStopped(e, cancellationToken);
            throw;
        }
        catch (Exception e) when (began)
        {
            session?.Close();
            if (!cancellationToken.IsCancellationRequested)
            {
                // Interrupted by a decision against the skill, or else because it is disposed.
                _standing.Check();
            }

            ThrowIfStopped(e, cancellationToken);
            throw;
        }

        if (session is not null && !EndedByItself(result))
        {
            session.Close();
        }

        return CallOutcome.Of(result, tool.Code.Abi == GuestAbi.Wasi ? output.ToArray() : result.Output, Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Says that a call ended because of a decision against the skill, even where that was taken back by now; else it ended because the skill is disposed.</summary>
    private void ThrowIfStopped(Exception reason, CancellationToken caller)
    {
        if (reason is OperationCanceledException && !caller.IsCancellationRequested)
        {
            _standing.Check();
            if (_stopped is { } stopped && !_running.HasEnded)
            {
                throw new SkillStatusException(stopped.SkillId, stopped.Version, stopped.Status, stopped.Reason);
            }
        }
    }

    private static bool EndedByItself(GuestResult result) => result.Stop is null or { Code: "guest.error" or GuestStop.Output } && result.ExitCode == 0;

    private RunningCalls.Running Begin(SessionGuests? session, CancellationToken cancellation)
    {
        try
        {
            return _running.Begin(this, cancellation);
        }
        catch (ObjectDisposedException) when (session is not null)
        {
            throw new SkillSessionException("session-ended", $"'{Id}' {Version} was disposed, or exchanged for another version: open another session");
        }
    }

    /// <summary>Calls a tool for another skill, here and now: with the rights that both have, and what the caller has left.</summary>
    internal NestedOutcome CallNested(NestedCall nested)
    {
        try
        {
            using var running = _running.Begin(this, nested.Caller.Stop);
            _standing.Check();
            return CallNested(nested, _consented.Tools.First(tool => tool.Code.Tool.Id == nested.Tool), running.Stop);
        }
        catch (ObjectDisposedException)
        {
            // Where another version has taken its place, the caller asks that one.
            return IsAside ? NestedOutcome.Moved : NestedOutcome.Failed("the skill is being disposed");
        }
        catch (Exception e) when (e is SkillStatusException or SkillStateException)
        {
            return NestedOutcome.Failed(((SkillException)e).Code);
        }
    }

    private NestedOutcome CallNested(NestedCall nested, ToolGrant tool, CancellationToken stop)
    {
        var output = new MemoryStream();
        var request = _requests.Of(tool, nested.Input, nested.Caller.Context, output, new MemoryStream());
        request = request with
        {
            Parent = nested.Caller,
            Grant = GrantIntersection.Of(request.Grant, nested.Caller),
            Chain = nested.Chain.Add(Id),
            Limits = tool.Limits with
            {
                Fuel = Math.Min(tool.Limits.Fuel ?? long.MaxValue, nested.Fuel),
                MemoryBytes = Math.Max(0, Math.Min(tool.Limits.MemoryBytes, nested.MemoryBytes)),
            },
        };
        try
        {
            CheckInput(nested.Tool, nested.Input);
            _approvals.AskAsync(tool, nested.Input, request.Context, stop).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is SkillSchemaException or SkillConsentException or OperationCanceledException)
        {
            var code = e is SkillException refused ? refused.Code : "cancelled";
            _records.NeverBegan(request, code);
            return NestedOutcome.Failed(code);
        }

        // What ran out of what its caller had left says nothing of the skill.
        bool IsCallers(GuestResult ended) =>
            (ended.Stop?.Code == "limit.fuel" && nested.Fuel < (tool.Limits.Fuel ?? long.MaxValue)) || (ended.Stop?.Code == "limit.memory" && nested.MemoryBytes < tool.Limits.MemoryBytes);

        // Memory and places of the host are the caller's; those of this skill are its own.
        using var rate = _limits.Rate.AttemptAcquire();
        using var place = _limits.Calls.AttemptAcquire();
        var refusal = !rate.IsAcquired ? LimiterStrategy.Rate : !place.IsAcquired ? LimiterStrategy.Concurrency : null;
        GuestResult? result = null;
        try
        {
            result = refusal is null ? _limits.Breaker.Execute(() => _modules[tool.Code.Module.Path].CallHere(_services.Audit, request, stop), IsCallers) : null;
        }
        catch (SkillLimitException e) when (e.Code == CallBreaker.Code)
        {
            refusal = e.Code;
        }

        if (result is null)
        {
            _records.NeverBegan(request, refusal!);
            return NestedOutcome.Failed(refusal!);
        }

        return result.Stop is { } end ? new NestedOutcome(null, end.Code == "guest.error" ? end.Message : end.Code, result.Fuel)
            : result.ExitCode != 0 ? new NestedOutcome(null, $"exit code {result.ExitCode}", result.Fuel)
            : new NestedOutcome(tool.Code.Abi == GuestAbi.Wasi ? output.ToArray() : result.Output, "", result.Fuel);
    }

    /// <summary>Changes the limits that its calls share.</summary>
    internal void Reload(SkillLimits limits)
    {
        _threads.Reload(limits.ConcurrentCallsPerSkill + AbandonedCalls);
        _limits.Reload(limits);
        _meter.Probes.Reload(limits.DenialsPerMinute);
    }

    /// <summary>Interrupts the calls that run, where the skill may not run any more.</summary>
    internal void StopIfBlocked()
    {
        if (_standing.Blocked() is { } blocked)
        {
            _stopped = blocked as SkillStatusException ?? _stopped;
            _running.Interrupt();
        }
    }

    /// <summary>Whether its calls are stopped for a while, because too many failed.</summary>
    internal bool IsStopped => !_limits.Breaker.IsClosed;

    /// <summary>Interrupts the calls that run.</summary>
    internal void Interrupt() => _running.Interrupt();

    private void CheckInput(string toolId, ReadOnlyMemory<byte> input)
    {
        if (_schemas[toolId].CheckInput(input) is { } problem)
        {
            throw new SkillSchemaException("input", $"the input of '{toolId}' does not fit its schema: {problem}");
        }
    }

    /// <summary>Takes no more calls, waits for those that run, and after the host's drain time interrupts them.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_limits)
        {
            if (_isRetiring)
            {
                // Whoever disposes it waits no longer than for any other.
                _isRetiring = false;
                _ = _running.EndAsync(_services.DrainTime, _services.Time);
            }

            return new ValueTask(_disposal ??= EndAsync(_services.DrainTime));
        }
    }

    /// <summary>Takes no more calls and ends when those that run are over, however long they take within their own limits.</summary>
    internal Task RetireAsync()
    {
        lock (_limits)
        {
            _isRetiring = _disposal is null;
            return _disposal ??= EndAsync(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>
    /// A call ends on a thread of the engine, or of the deadlines. What the caller does next must not hold it: whoever awaits
    /// goes on elsewhere, and whoever blocks is woken at once, even where the thread pool has no thread left.
    /// </summary>
    private static Task<SkillCallResult> Detached(Task<SkillCallResult> call)
    {
        var completion = new TaskCompletionSource<SkillCallResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        call.ContinueWith(
            static (ended, state) => ((TaskCompletionSource<SkillCallResult>)state!).SetFromTask(ended),
            completion, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return completion.Task;
    }

    private async Task EndAsync(TimeSpan patience)
    {
        await _running.EndAsync(patience, _services.Time).ConfigureAwait(false);
        _services.Loaded.TryRemove(this, out _);
        _records.RecordRefused();
        _running.Dispose();
        _sessions.Dispose();
        _limits.Dispose();
        _modules.Dispose();
        foreach (var directory in _files.Mapped)
        {
            directory.Dispose();
        }
    }
}
