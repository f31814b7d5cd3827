using PluginHost.Sandbox;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace PluginHost.Limits;

/// <summary>
/// Stops the calls of a skill for a while whose guests trap or run out of their limits, and tells when that happens too often. What was denied, cancelled
/// or never began does not count.
/// </summary>
internal sealed class CallBreaker
{
    /// <summary>Code of the refusal of a call that comes while they are stopped.</summary>
    public const string Code = "limit.circuit";

    /// <summary>Within this time openings add up.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>Set for a call that is tried while others are stopped.</summary>
    private static readonly ResiliencePropertyKey<bool> IsTrial = new("pluginhost.trial");

    /// <summary>Set for one whose result says nothing about the guest.</summary>
    private static readonly ResiliencePropertyKey<bool> IsExcused = new("pluginhost.excused");

    private readonly Lock _gate = new();
    private readonly Lock _reloading = new();
    private readonly Queue<long> _openings = [];
    private readonly TimeProvider _time;
    private readonly TelemetryListener _telemetry;
    private readonly Action<string> _tooOften;
    private volatile Built _built;

    /// <summary>When calls go through again, as a timestamp of the clock.</summary>
    private long _closesAt;

    /// <param name="time">The clock.</param>
    /// <param name="limits">When it opens.</param>
    /// <param name="telemetry">Told what happens.</param>
    /// <param name="tooOften">Done when it opened too often, with a sentence that says so.</param>
    public CallBreaker(TimeProvider time, SkillLimits limits, TelemetryListener telemetry, Action<string> tooOften)
    {
        _time = time;
        _telemetry = telemetry;
        _tooOften = tooOften;
        _built = Build(limits, isIsolated: false);
    }

    /// <summary>Whether calls go through.</summary>
    public bool IsClosed => State == CircuitState.Closed;

    private CircuitState State => _built.State.CircuitState;

    /// <summary>Makes a call where calls go through, or where it is time to try one.</summary>
    /// <exception cref="SkillLimitException">They are stopped.</exception>
    public async Task<GuestResult> ExecuteAsync(Func<Task<GuestResult>> call)
    {
        var built = _built;
        if (built.State.CircuitState == CircuitState.Closed)
        {
            try
            {
                var result = await call().ConfigureAwait(false);
                Report(built, Outcome.FromResult(result));
                return result;
            }
            catch (SkillLimitException e)
            {
                Report(built, Outcome.FromException<GuestResult>(e));
                throw;
            }
        }

        var context = Trial();
        try
        {
            return await built.Pipeline.ExecuteAsync(async _ => await call().ConfigureAwait(false), context).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            throw Stopped(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The same, here and now. A circuit that nobody tries never closes, so a skill that only skills call has to be tried by them.</summary>
    /// <param name="call">The call.</param>
    /// <param name="isExcused">Whether a result says nothing about the guest, because it was given less than its own limits.</param>
    /// <exception cref="SkillLimitException">Calls are stopped.</exception>
    public GuestResult Execute(Func<GuestResult> call, Func<GuestResult, bool> isExcused)
    {
        var built = _built;
        if (built.State.CircuitState == CircuitState.Closed)
        {
            var result = call();
            if (!isExcused(result))
            {
                Report(built, Outcome.FromResult(result));
            }

            return result;
        }

        var context = Trial();
        try
        {
            return built.Pipeline.Execute(
                static (context, state) =>
                {
                    var result = state.Call();
                    context.Properties.Set(IsExcused, state.IsExcused(result));
                    return result;
                },
                context,
                (Call: call, IsExcused: isExcused));
        }
        catch (BrokenCircuitException e)
        {
            throw Stopped(e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static ResilienceContext Trial()
    {
        var context = ResilienceContextPool.Shared.Get();
        context.Properties.Set(IsTrial, true);
        return context;
    }

    private static SkillLimitException Stopped(BrokenCircuitException reason) =>
        new(Code, "calls of this skill are stopped for a while: too many of them failed") { RetryAfter = reason.RetryAfter };

    /// <summary>What says nothing about the guest is not counted at all: for the library whatever is no failure is a success.</summary>
    private static void Report(Built built, Outcome<GuestResult> outcome)
    {
        if (Judge(outcome.Result, outcome.Exception) is null)
        {
            return;
        }

        // The circuit counts, and hands the outcome on. It waits only where it has just opened and somebody is being told: not here.
        var context = ResilienceContextPool.Shared.Get();
        var counted = built.Pipeline.ExecuteOutcomeAsync(static (_, outcome) => ValueTask.FromResult(outcome), context, outcome);
        if (counted.IsCompleted)
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Changes when it opens. One that is open stays so for its time.</summary>
    public void Reload(SkillLimits limits)
    {
        // Not under the lock of openings: the library tells of one on another thread while a circuit is made that is stopped by hand.
        lock (_reloading)
        {
            if (Settings.Of(limits) == _built.Settings)
            {
                return;
            }

            // One that tries just now has not proven itself either.
            var isOpen = State != CircuitState.Closed;
            var next = Build(limits, isOpen);
            _built = next;
            if (isOpen)
            {
                // A new circuit knows nothing of the old one's failures.
                _ = CloseAsync(next, Remaining(limits.BreakTime));
            }
        }
    }

    /// <summary>What is left of the time for which calls are stopped, or of a shorter one.</summary>
    private TimeSpan Remaining(TimeSpan most)
    {
        lock (_gate)
        {
            var left = _time.GetElapsedTime(_time.GetTimestamp(), _closesAt);
            left = left <= TimeSpan.Zero || left > most ? most : left;
            ClosesAfter(left);
            return left;
        }
    }

    private async Task CloseAsync(Built built, TimeSpan time)
    {
        await Task.Delay(time, _time).ConfigureAwait(false);
        await built.Control.CloseAsync().ConfigureAwait(false);
    }

    private Built Build(SkillLimits limits, bool isIsolated)
    {
        var (state, control) = (new CircuitBreakerStateProvider(), new CircuitBreakerManualControl(isIsolated));
        var settings = Settings.Of(limits);
        var pipeline = new ResiliencePipelineBuilder { Name = "call", TimeProvider = _time, TelemetryListener = _telemetry }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                Name = "circuit",
                FailureRatio = limits.FailureRatio,
                MinimumThroughput = limits.FailureMinimumCalls,
                SamplingDuration = limits.FailureWindow,
                BreakDuration = limits.BreakTime,
                StateProvider = state,
                ManualControl = control,

                // A trial that says nothing proves nothing: it ends as it began, with calls stopped.
                ShouldHandle = static args => ValueTask.FromResult(Judge(args.Context, args.Outcome.Result as GuestResult, args.Outcome.Exception) ?? args.Context.Properties.GetValue(IsTrial, false)),
                OnOpened = args =>
                {
                    if (!args.IsManual)
                    {
                        ClosesAfter(args.BreakDuration);
                    }

                    if (!args.IsManual && Judge(args.Context, args.Outcome.Result as GuestResult, args.Outcome.Exception) is not null)
                    {
                        Opened(settings.QuarantineAfterBreaks);
                    }

                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        return new Built(pipeline, state, control, settings);
    }

    private void ClosesAfter(TimeSpan time)
    {
        lock (_gate)
        {
            _closesAt = _time.GetTimestamp() + (long)(time.TotalSeconds * _time.TimestampFrequency);
        }
    }

    private void Opened(int most)
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _openings.Enqueue(now);
            while (_time.GetElapsedTime(_openings.Peek(), now) > Memory)
            {
                _openings.Dequeue();
            }

            if (most == 0 || _openings.Count < most)
            {
                return;
            }

            _openings.Clear();
        }

        _tooOften($"its calls failed so often that they were stopped {most} times within an hour");
    }

    private static bool? Judge(ResilienceContext context, GuestResult? result, Exception? exception) => context.Properties.GetValue(IsExcused, false) ? null : Judge(result, exception);

    /// <summary>
    /// Whether a call failed: traps, and limits that the guest itself ran into. Null for what says nothing about the guest: denials, refusals, cancellations,
    /// trouble of the host.
    /// </summary>
    private static bool? Judge(GuestResult? result, Exception? exception)
    {
        var code = result is not null ? result.Stop?.Code ?? "ok" : (exception as SkillException)?.Code ?? "";
        return code.StartsWith("trap.", StringComparison.Ordinal) || code is GuestStop.Time or "limit.fuel" or "limit.memory" or "limit.stack" or "limit.code" ? true
            : code == "ok" || code.StartsWith("guest.", StringComparison.Ordinal) ? false
            : null;
    }

    private sealed record Built(ResiliencePipeline Pipeline, CircuitBreakerStateProvider State, CircuitBreakerManualControl Control, Settings Settings);

    private sealed record Settings(double FailureRatio, int MinimumCalls, TimeSpan Window, TimeSpan BreakTime, int QuarantineAfterBreaks)
    {
        public static Settings Of(SkillLimits limits) => new(limits.FailureRatio, limits.FailureMinimumCalls, limits.FailureWindow, limits.BreakTime, limits.QuarantineAfterBreaks);
    }
}
