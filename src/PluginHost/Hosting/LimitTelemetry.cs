using PluginHost.Audit;
using Polly.Telemetry;

namespace PluginHost.Hosting;

/// <summary>Counts what limits do, and puts on record when the calls of a skill are stopped and let through again. Refused calls are on record themselves.</summary>
/// <param name="skill">Id of the skill.</param>
/// <param name="version">Its version.</param>
/// <param name="audit">The log.</param>
internal sealed class LimitTelemetry(string skill, string version, AuditLog audit) : TelemetryListener
{
    public override void Write<TResult, TArgs>(in TelemetryEventArguments<TResult, TArgs> args)
    {
        if (!LimitCounter.IsCounted(args.Event))
        {
            return;
        }

        var (name, limit) = (args.Event.EventName, args.Source.StrategyName ?? "");
        Telemetry.Limited(skill, limit, name);
        if (limit == "circuit")
        {
            audit.AppendAfter("lifecycle", writer =>
            {
                writer.WriteString("event", name switch { "OnCircuitOpened" => "calls-stopped", "OnCircuitClosed" => "calls-resumed", _ => "calls-tried" });
                writer.WriteString("skill", skill);
                writer.WriteString("version", version);
            }, out _);
        }
    }
}
