using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>What a call used.</summary>
public sealed record SkillCallReceipt
{
    /// <summary>Names the call in the audit log.</summary>
    public required string CallId { get; init; }

    /// <summary>Wall time of the guest, host calls included.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>The part of it that effects of the host took; the rest is the guest's.</summary>
    public required TimeSpan HostTime { get; init; }

    /// <summary>Bytes of the input that the guest got.</summary>
    public required long BytesIn { get; init; }

    /// <summary>Bytes of the output that it left.</summary>
    public required long BytesOut { get; init; }

    /// <summary>What it used of the host, by capability.</summary>
    public required IReadOnlyDictionary<Capability, HostCallTotal> HostCalls { get; init; }

    /// <summary>Units of fuel: the same for the same module, input and answers of the host, on every machine.</summary>
    public required long Fuel { get; init; }

    /// <summary>Bytes of linear memory at the end, which is its largest extent.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Demands that were denied, at most the first hundred.</summary>
    public required IReadOnlyList<CapabilityDenial> Denials { get; init; }
}
