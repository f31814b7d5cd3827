using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities;
using PluginHost.Consent;
using PluginHost.Gate;
using PluginHost.Hosting;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost;

/// <summary>
/// A skill that passed every room. Each call of a tool gets a fresh instance; nothing of one call is seen by the next but
/// variables and files. Calls may be made from many threads.
/// </summary>
public sealed class Skill : IAsyncDisposable
{
    /// <summary>Guests of one skill that may still run after their callers were released.</summary>
    private const int AbandonedCalls = 2;

    /// <summary>What a 32-bit memory can hold.</summary>
    private const long MostMemory = 1L << 32;

    /// <summary>Tables, the stack that it runs on, what a program prints.</summary>
    private const long AroundAGuest = 8L << 20;

    /// <summary>The caller's, the guest's and one in between.</summary>
    private const int CopiesOfInput = 3;

    private readonly HostServices _services;
    private readonly SkillThreads _threads;
    private readonly ConsentedSkill _consented;
    private readonly Dictionary<string, SandboxedModule> _modules;
    private readonly SkillFiles _files;
    private readonly ImmutableDictionary<string, string> _config;
    private readonly ImmutableDictionary<string, ToolSchemas> _schemas;
    private readonly SkillIdentity _identity;
    private readonly SkillCallLimits _limits;
    private readonly SkillMeter _meter;
    private readonly CallPipeline _pipeline;
    private readonly RunningCalls _running = new();

    /// <summary>Why it is not called any more, where that could not be put on record.</summary>
    private volatile string? _misbehaved;

    /// <summary>When what nobody signed runs no more; null for what somebody did.</summary>
    private readonly DateTimeOffset? _probationEnds;

    /// <summary>The one end of the skill, which everybody who disposes it awaits.</summary>
    private Task? _disposal;

    internal Skill(
        HostServices services, ConsentedSkill consented, Dictionary<string, SandboxedModule> modules, SkillFiles files, Candidate candidate)
    {
        _services = services;
        _threads = new SkillThreads(services.Threads, services.Limits.ConcurrentCallsPerSkill + AbandonedCalls);
        _consented = consented;
        _modules = modules;
        _files = files;
        _config = candidate.Config;
        _schemas = candidate.Schemas;
        _identity = new SkillIdentity(Id, Version, PayloadDigest) { Publisher = Publisher };
        var telemetry = new LimitTelemetry(Id, Version, services.Audit);
        _limits = new SkillCallLimits(services.Time, services.Limits, services.Calls, new CallBreaker(services.Time, services.Limits, telemetry, Misbehaved));
        _meter = new SkillMeter(_limits.Bytes, new ProbeCount(services.Time, Misbehaved));
        _meter.Probes.Reload(services.Limits.DenialsPerMinute);
        _pipeline = new CallPipeline(services.Time, Id, _limits, telemetry);
        _probationEnds = consented.Inspected.Signed.IsSigned ? null : (consented.Inspected.Trusted.Evidence.Since ?? services.Now) + services.Trusts.ProbationTime;
        Verification = VerificationReport.Of(consented);
        Grants = consented.Tools.ToImmutableDictionary(tool => tool.Code.Tool.Id, tool => SkillGrant.Of(tool with { Roots = files.AsMapped(tool.Roots) }), StringComparer.Ordinal);
    }

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
        return Detached(MeasuredAsync(toolId, input, context, cancellationToken));
    }

    private async Task<SkillCallResult> MeasuredAsync(string toolId, ReadOnlyMemory<byte> input, CallContext? context, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var tool = _consented.Tools.FirstOrDefault(tool => tool.Code.Tool.Id == toolId)
            ?? throw new ArgumentException($"'{Id}' has no tool '{toolId}'", nameof(toolId));
        var activity = Telemetry.Call(Id, toolId);
        try
        {
            var result = await ExecuteAsync(tool, input, context, cancellationToken).ConfigureAwait(false);
            Telemetry.Called(activity, Id, toolId, "ok", Stopwatch.GetElapsedTime(start), result.Receipt);
            return result;
        }
        catch (Exception e)
        {
            Telemetry.Called(activity, Id, toolId, Telemetry.CodeOf(e), Stopwatch.GetElapsedTime(start), (e as ISkillCallFailure)?.Receipt);
            throw;
        }
    }

    private async Task<SkillCallResult> ExecuteAsync(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext? context, CancellationToken cancellationToken)
    {
        using var running = _running.Begin(this, cancellationToken);
        CheckStatus();
        var output = new MemoryStream();
        var error = new MemoryStream();
        var request = Request(tool, input, context ?? CallContext.None, output, error);
        var module = _modules[tool.Code.Module.Path];
        var began = false;
        CheckRecords();
        GuestResult result;
        try
        {
            CheckInput(tool.Code.Tool.Id, input);
            await ApproveAsync(tool, input, request.Context, running.Stop).ConfigureAwait(false);
            result = await _pipeline.ExecuteAsync(
                tool.Limits.Time,
                Reservation(tool, input),
                (deadline, reservation) =>
                {
                    var call = module.CallAsync(_threads, _services.Audit, request with { Ended = reservation.Dispose }, deadline, running.Stop);
                    began = true;
                    return call;
                },
                running.Stop).ConfigureAwait(false);
        }
        catch (Exception e) when ((!began || e is SkillLimitException { Code: "limit.threads" }) && e is (SkillException or OperationCanceledException))
        {
            NeverBegan(request, e is SkillException refused ? refused.Code : Cancelled());
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                CheckStatus();
            }

            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Interrupted by a decision against the skill, or else because it is disposed.
            CheckStatus();
            throw;
        }

        return CallOutcome.Of(result, tool.Code.Abi == GuestAbi.Wasi ? output.ToArray() : result.Output, Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Calls a tool for another skill, here and now: with the rights that both have, and what the caller has left.</summary>
    internal NestedOutcome CallNested(NestedCall nested)
    {
        try
        {
            using var running = _running.Begin(this, nested.Caller.Stop);
            CheckStatus();
            return CallNested(nested, _consented.Tools.First(tool => tool.Code.Tool.Id == nested.Tool), running.Stop);
        }
        catch (ObjectDisposedException)
        {
            return NestedOutcome.Failed("the skill is being disposed");
        }
        catch (Exception e) when (e is SkillStatusException or SkillStateException)
        {
            return NestedOutcome.Failed(((SkillException)e).Code);
        }
    }

    private NestedOutcome CallNested(NestedCall nested, ToolGrant tool, CancellationToken stop)
    {
        var output = new MemoryStream();
        var request = Request(tool, nested.Input, nested.Caller.Context, output, new MemoryStream());
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
            ApproveAsync(tool, nested.Input, request.Context, stop).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is SkillSchemaException or SkillConsentException or OperationCanceledException)
        {
            var code = e is SkillException refused ? refused.Code : "cancelled";
            NeverBegan(request, code);
            return NestedOutcome.Failed(code);
        }

        // Memory and places of the host are the caller's; those of this skill are its own.
        using var rate = _limits.Rate.AttemptAcquire();
        using var place = _limits.Calls.AttemptAcquire();
        var refusal = !rate.IsAcquired ? LimiterStrategy.Rate : !place.IsAcquired ? LimiterStrategy.Concurrency : !_limits.Breaker.IsClosed ? CallBreaker.Code : null;
        if (refusal is not null)
        {
            NeverBegan(request, refusal);
            return NestedOutcome.Failed(refusal);
        }

        var result = _modules[tool.Code.Module.Path].CallHere(_services.Audit, request, stop);
        _limits.Breaker.Report(result);
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

    /// <summary>What a call may take of the host's memory at most: the guest's, that of the interface, and copies of what goes in and comes out.</summary>
    private static long Reservation(ToolGrant tool, ReadOnlyMemory<byte> input) =>
        (Math.Min(tool.Limits.MemoryBytes, MostMemory) * (tool.Code.Abi == GuestAbi.Extism ? 2 : 1)) + (CopiesOfInput * (long)input.Length) + AroundAGuest;

    /// <summary>Quarantines the skill by its own doing. Where that cannot be put on record, nothing of it is called either.</summary>
    private void Misbehaved(string reason)
    {
        try
        {
            _services.Life.QuarantineBytes(PayloadDigest, reason);
        }
        catch (SkillException e)
        {
            _misbehaved = reason;
            _services.Audit.AppendAfter("lifecycle", writer =>
            {
                writer.WriteString("event", "quarantine-failed");
                writer.WriteString("skill", Id);
                writer.WriteString("version", Version);
                writer.WriteString("code", e.Code);
            }, out _);
        }
    }

    /// <summary>Interrupts the calls that run, where the skill may not run any more.</summary>
    internal void StopIfBlocked()
    {
        if (Blocked() is not null)
        {
            _running.Interrupt();
        }
    }

    /// <summary>Asks the lifecycle journal, each time.</summary>
    private void CheckStatus()
    {
        if (Blocked() is { } blocked)
        {
            throw blocked;
        }
    }

    private SkillException? Blocked()
    {
        if (_misbehaved is { } reason)
        {
            return new SkillStatusException(Id, Version, SkillStatus.Quarantined, reason);
        }

        if (_probationEnds <= _services.Now)
        {
            return new SkillStatusException(Id, Version, SkillStatus.Probation, "its probation is over");
        }

        try
        {
            return _services.Life.Blocked(Id, Version, PayloadDigest, _consented.Inspected.Signed.IsSigned);
        }
        catch (SkillStateException e)
        {
            return e;
        }
    }

    /// <summary>Why a call was cancelled that nothing else ended.</summary>
    private string Cancelled() => Blocked()?.Code ?? "cancelled";

    /// <summary>No call begins where it could not be recorded. What is refused here would only add to what is too much already, so it is counted.</summary>
    private void CheckRecords()
    {
        _services.Audit.Check();
        var quota = _files.State.Quota;
        if (quota.IsSpent)
        {
            quota.Refuse();
            throw new SkillLimitException("limit.audit", $"the calls of '{Id}' have put as much on record as they may in a minute");
        }

        if (quota.TakeRefused() is var refused and > 0)
        {
            RecordRefused(refused);
        }
    }

    private void RecordRefused(long calls) => _services.Audit.AppendAfter("refusal", writer =>
    {
        writer.WriteString("code", "limit.audit");
        writer.WriteString("skill", Id);
        writer.WriteString("version", Version);
        writer.WriteString("payload", PayloadDigest);
        writer.WriteNumber("calls", calls);
    }, out _);

    /// <summary>A call that was refused before its guest ran is on record, too.</summary>
    private void NeverBegan(GuestRequest request, string code) =>
        new GuestCall(_services.Audit, _identity, request.Tool, request.Context, request.Grant, CancellationToken.None, quota: request.Quota).End(code, TimeSpan.Zero, 0, 0, 0, 0);

    private void CheckInput(string toolId, ReadOnlyMemory<byte> input)
    {
        if (_schemas[toolId].CheckInput(input) is { } problem)
        {
            throw new SkillSchemaException("input", $"the input of '{toolId}' does not fit its schema: {problem}");
        }
    }

    /// <summary>Asks about one call where the publisher wants that. The answer is on record before the guest runs.</summary>
    private async Task ApproveAsync(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, CancellationToken stop)
    {
        if (!tool.Code.Tool.RequiresApproval)
        {
            return;
        }

        if (_services.Approve is not { } approve)
        {
            throw new SkillConsentException("approval-nobody", $"each call of '{tool.Code.Tool.Id}' needs approval, and nobody is there to ask: options.Approve is not set", _consented.Request);
        }

        bool approved;
        try
        {
            approved = await approve(
                new ApprovalRequest
                {
                    SkillId = Id,
                    Version = Version,
                    PayloadDigest = PayloadDigest,
                    Tool = Tools.First(offered => offered.Id == tool.Code.Tool.Id),
                    Input = input,
                    Context = context,
                },
                stop).AsTask().WaitAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is not SkillException)
        {
            throw new SkillConsentException("approval-failed", $"asking for approval failed: {e.GetType().Name}", _consented.Request, e);
        }

        _services.Audit.Append("consent", writer =>
        {
            writer.WriteString("skill", Id);
            writer.WriteString("version", Version);
            writer.WriteString("payload", PayloadDigest);
            writer.WriteString("tool", tool.Code.Tool.Id);
            writer.WriteString("scope", "call");
            writer.WriteString("decision", approved ? "accept" : "refuse");
        });
        if (!approved)
        {
            throw new SkillConsentException("approval-refused", $"this call of '{tool.Code.Tool.Id}' was not approved", _consented.Request);
        }
    }

    /// <summary>Takes no more calls, waits for those that run, and after the host's drain time interrupts them.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_limits)
        {
            return new ValueTask(_disposal ??= EndAsync());
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

    private async Task EndAsync()
    {
        await _running.EndAsync(_services.DrainTime, _services.Time).ConfigureAwait(false);
        _services.Loaded.TryRemove(this, out _);
        if (_files.State.Quota.TakeRefused() is var refused and > 0)
        {
            RecordRefused(refused);
        }

        _running.Dispose();
        _limits.Dispose();
        foreach (var directory in _files.Mapped)
        {
            directory.Dispose();
        }
    }

    private GuestRequest Request(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, Stream output, Stream error)
    {
        var id = tool.Code.Tool.Id;
        var isProgram = tool.Code.Abi == GuestAbi.Wasi;
        return new GuestRequest
        {
            Identity = _identity,
            Tool = id,
            Entry = GuestEntry.Of(tool.Code.Export, tool.Code.Abi),
            Grant = tool.Grant with { Files = _files.Of(tool.Roots) },
            Limits = tool.Limits,
            Context = context,
            Quota = _files.State.Quota,
            Meter = _meter,
            Functions = _services.Functions,
            CallSkill = _services.CallSkill,
            Cancelled = Cancelled,
            Chain = [Id],
            CheckOutput = guest => _schemas[id].CheckOutput(isProgram ? ((MemoryStream)output).ToArray() : guest),
            Program = new WasiProgram
            {
                Arguments = [id],
                Input = isProgram ? new MemoryStream(input.ToArray(), writable: false) : Stream.Null,
                Output = output,
                Error = error,
                Time = _services.Time,
            },
            Extism = new ExtismSettings
            {
                Input = isProgram ? [] : input.ToArray(),
                Config = _config,
                Variables = _files.State.Variables,
                Log = (level, text) => _services.Log(new SkillLogMessage(Id, id, level, text)),
                Resolve = _services.Resolve,
                Secrets = _services.Secrets,
            },
        };
    }
}
