using PluginHost.Sandbox;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;
using Polly.Timeout;

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

    private readonly Lock _gate = new();
    private readonly Lock _reloading = new();
    private readonly Queue<long> _openings = [];
    private readonly TimeProvider _time;
    private readonly TelemetryListener _telemetry;
    private readonly Action<string> _tooOften;
    private volatile Built _built;

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

    public ResiliencePipeline Pipeline => _built.Pipeline;

    public CircuitState State => _built.State.CircuitState;

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

            var isOpen = State is CircuitState.Open or CircuitState.Isolated;
            var next = Build(limits, isOpen);
            _built = next;
            if (isOpen)
            {
                // A new circuit knows nothing of the old one's failures.
                _ = CloseAsync(next, limits.BreakTime);
            }
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
                ShouldHandle = static args => ValueTask.FromResult(IsFailure(args.Outcome)),
                OnOpened = args =>
                {
                    if (!args.IsManual)
                    {
                        Opened(settings.QuarantineAfterBreaks);
                    }

                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        return new Built(pipeline, state, control, settings);
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

    /// <summary>Traps, and limits that the guest itself ran into.</summary>
    private static bool IsFailure(Outcome<object> outcome) => outcome.Exception is TimeoutRejectedException
        || (outcome.Result is GuestResult { Stop: { } stop } && (stop.Code.StartsWith("trap.", StringComparison.Ordinal) || stop.Code is GuestStop.Time or "limit.fuel" or "limit.memory" or "limit.stack" or "limit.code"));

    private sealed record Built(ResiliencePipeline Pipeline, CircuitBreakerStateProvider State, CircuitBreakerManualControl Control, Settings Settings);

    private sealed record Settings(double FailureRatio, int MinimumCalls, TimeSpan Window, TimeSpan BreakTime, int QuarantineAfterBreaks)
    {
        public static Settings Of(SkillLimits limits) => new(limits.FailureRatio, limits.FailureMinimumCalls, limits.FailureWindow, limits.BreakTime, limits.QuarantineAfterBreaks);
    }
}
