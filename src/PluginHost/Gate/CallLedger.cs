using System.Diagnostics;
using System.Text.Json;
using PluginHost.Capabilities;
using PluginHost.Limits;

namespace PluginHost.Gate;

/// <summary>What a call has used of the host, by capability. One thread at a time counts; effects that outlive the call do not count any more.</summary>
internal sealed class CallLedger(ByteRate? rate = null)
{
    private readonly HostCallTotal[] _totals = new HostCallTotal[Capability.Count];
    private int _open;
    private long _since;
    private long _hostTicks;

    /// <summary>Time in effects of the host.</summary>
    public TimeSpan HostTime => Stopwatch.GetElapsedTime(0, _hostTicks);

    public HostCallTotal this[Capability capability] => _totals[capability.Index];

    public void Use(Capability capability, long uses, long bytes)
    {
        ref var total = ref _totals[capability.Index];
        total = total with { Uses = total.Uses + uses, Bytes = total.Bytes + bytes };
        if (bytes > 0)
        {
            rate?.Take(bytes);
        }
    }

    /// <summary>Bytes that a part of the call used, which were counted against its rate there.</summary>
    public void UseOfPart(Capability capability, long bytes)
    {
        ref var total = ref _totals[capability.Index];
        total = total with { Bytes = total.Bytes + bytes };
    }

    public void Deny(Capability capability)
    {
        ref var total = ref _totals[capability.Index];
        total = total with { Denied = total.Denied + 1 };
    }

    /// <summary>An effect begins. One within another is not counted twice.</summary>
    public void Begin()
    {
        if (_open++ == 0)
        {
            _since = Stopwatch.GetTimestamp();
        }
    }

    public void End()
    {
        if (--_open == 0)
        {
            _hostTicks += Stopwatch.GetTimestamp() - _since;
        }
    }

    public Dictionary<Capability, HostCallTotal> ToDictionary() =>
        Capability.ByName.Where(capability => !this[capability].IsNothing).ToDictionary(capability => capability, capability => this[capability]);

    public void Write(Utf8JsonWriter writer)
    {
        foreach (var capability in Capability.ByName)
        {
            var total = this[capability];
            if (!total.IsNothing)
            {
                writer.WriteStartObject(capability.Name);
                writer.WriteNumber("uses", total.Uses);
                writer.WriteNumber("bytes", total.Bytes);
                writer.WriteNumber("denied", total.Denied);
                writer.WriteEndObject();
            }
        }
    }
}
