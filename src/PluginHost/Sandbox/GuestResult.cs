using PluginHost.Capabilities;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>What came of a call.</summary>
internal sealed record GuestResult
{
    /// <summary>Names the call in records.</summary>
    public required string CallId { get; init; }

    public required TimeSpan Time { get; init; }

    public required long Fuel { get; init; }

    public required long PeakMemoryBytes { get; init; }

    /// <summary>Time in effects of the host.</summary>
    public TimeSpan HostTime { get; init; }

    public long BytesIn { get; init; }

    public long BytesOut { get; init; }

    /// <summary>What it used of the host.</summary>
    public IReadOnlyDictionary<Capability, HostCallTotal> HostCalls { get; init; } = new Dictionary<Capability, HostCallTotal>();

    /// <summary>Results of an invoked function.</summary>
    public IReadOnlyList<WasmValue> Values { get; init; } = [];

    /// <summary>Output of an Extism guest.</summary>
    public byte[] Output { get; init; } = [];

    /// <summary>Exit code of a program.</summary>
    public int ExitCode { get; init; }

    public GuestStop? Stop { get; init; }

    public IReadOnlyList<CapabilityDenial> Denials { get; init; } = [];
}
