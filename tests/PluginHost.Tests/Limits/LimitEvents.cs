using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace PluginHost.Tests.Limits;

/// <summary>What limits did, as the meter tells it: skill, limit, event.</summary>
internal sealed class LimitEvents : IDisposable
{
    private readonly MeterListener _listener = new()
    {
        InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Name == "pluginhost.limits")
            {
                self.EnableMeasurementEvents(instrument);
            }
        },
    };

    public LimitEvents()
    {
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            Seen.Enqueue($"{values["pluginhost.skill.id"]} {values["pluginhost.limit"]} {values["pluginhost.event"]}");
        });
        _listener.Start();
    }

    public ConcurrentQueue<string> Seen { get; } = [];

    public void Dispose() => _listener.Dispose();
}
