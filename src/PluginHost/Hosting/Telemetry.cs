using System.Diagnostics;
using System.Diagnostics.Metrics;
using PluginHost.Capabilities;

namespace PluginHost.Hosting;

/// <summary>
/// Activities and metrics, beside the audit log and never instead of it. Tags hold codes, names of capabilities, and ids from signed
/// manifests of loaded skills: nothing that a guest chooses while it runs.
/// </summary>
internal static class Telemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "PluginHost";

    private const string Ok = "ok";
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> CallDuration = Meter.CreateHistogram(
        "pluginhost.call.duration", "s", "How long calls of tools took.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60] });

    private static readonly Counter<long> CallFuel = Meter.CreateCounter<long>("pluginhost.call.fuel", "{unit}", "Fuel that guests burned.");
    private static readonly Counter<long> HostCalls = Meter.CreateCounter<long>("pluginhost.host_calls", "{call}", "Effects of the host that guests asked for.");
    private static readonly Counter<long> Loads = Meter.CreateCounter<long>("pluginhost.loads", "{load}", "Packages that were loaded or refused.");

    private static readonly Counter<long> Limits = Meter.CreateCounter<long>("pluginhost.limits", "{event}", "What limits did: refused, stopped, let through again.");

    /// <param name="skill">Id of the skill; null where it is not known yet.</param>
    /// <param name="limit">Which limit.</param>
    /// <param name="happened">What it did, in the words of the resilience library.</param>
    public static void Limited(string? skill, string limit, string happened) =>
        Limits.Add(1, Tag("pluginhost.skill.id", skill ?? ""), Tag("pluginhost.limit", limit), Tag("pluginhost.event", happened));

    public static Activity? Load() => Source.StartActivity("skill.load");

    public static void Loaded(Activity? activity, string code)
    {
        Loads.Add(1, Tag("pluginhost.outcome", code));
        End(activity, code);
    }

    public static Activity? Call(string skill, string tool) => Source.StartActivity("skill.call")?.SetTag("pluginhost.skill.id", skill).SetTag("pluginhost.tool.id", tool);

    public static void Called(Activity? activity, string skill, string tool, string code, TimeSpan time, SkillCallReceipt? receipt)
    {
        TagList tags = [Tag("pluginhost.skill.id", skill), Tag("pluginhost.tool.id", tool), Tag("pluginhost.outcome", code)];
        CallDuration.Record(time.TotalSeconds, tags);
        if (receipt is not null)
        {
            CallFuel.Add(receipt.Fuel, Tag("pluginhost.skill.id", skill), Tag("pluginhost.tool.id", tool));
            foreach (var (capability, total) in receipt.HostCalls)
            {
                Count(capability, "allow", total.Uses);
                Count(capability, "deny", total.Denied);
            }
        }

        End(activity, code);

        void Count(Capability capability, string decision, long count)
        {
            if (count > 0)
            {
                HostCalls.Add(count, Tag("pluginhost.skill.id", skill), Tag("pluginhost.capability", capability.Name), Tag("pluginhost.decision", decision));
            }
        }
    }

    /// <summary>The outcome of what an exception ended.</summary>
    public static string CodeOf(Exception exception) => exception switch
    {
        SkillException refused => refused.Code,
        OperationCanceledException => "cancelled",
        _ => "failed",
    };

    private static void End(Activity? activity, string code)
    {
        activity?.SetTag("pluginhost.outcome", code);
        activity?.SetStatus(code == Ok ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        activity?.Dispose();
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
