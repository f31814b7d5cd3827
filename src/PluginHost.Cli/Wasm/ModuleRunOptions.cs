namespace PluginHost.Cli.Wasm;

/// <summary>What <c>wasm run</c> was asked for.</summary>
internal sealed record ModuleRunOptions
{
    public required string Function { get; init; }

    public required string[] Arguments { get; init; }

    public required long? Fuel { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required long MemoryBytes { get; init; }

    public required bool Metering { get; init; }

    public required int Repeat { get; init; }
}
