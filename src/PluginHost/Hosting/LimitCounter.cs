using Polly.Telemetry;

namespace PluginHost.Hosting;

/// <summary>Counts what the limits do that all skills of a host share; the operation's key names the skill, where it is known by then.</summary>
internal sealed class LimitCounter : TelemetryListener
{
    public static LimitCounter Instance { get; } = new();

    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (IsCounted(args.Event))
        {
            Telemetry.Limited(args.Context.OperationKey, args.Source.StrategyName ?? "", args.Event.EventName);
        }
    }

    /// <summary>Whether a limit did something; that work begins and ends is counted elsewhere.</summary>
    public static bool IsCounted(ResilienceEvent happened) =>
        happened.Severity >= ResilienceEventSeverity.Information && happened.EventName is not ("PipelineExecuting" or "PipelineExecuted" or "ExecutionAttempt");
}
