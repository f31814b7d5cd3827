namespace PluginHost.Wasm;

/// <summary>What the instances of one store may use together.</summary>
public sealed record StoreOptions
{
    /// <summary><see cref="TableElements"/> where nothing else is said.</summary>
    public const long DefaultTableElements = 1_000_000;

    /// <summary>Bytes of all memories together. Default 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Elements of all tables together. Default one million.</summary>
    public long TableElements { get; init; } = DefaultTableElements;

    /// <summary>Instances. Default 100.</summary>
    public int Instances { get; init; } = 100;

    /// <summary>Nested guest calls. Default 10,000. What the thread's stack holds is a limit besides.</summary>
    public int CallDepth { get; init; } = 10_000;

    /// <summary>Nested calls from functions of the host back into the guest. Default 100.</summary>
    public int Reentries { get; init; } = 100;
}
