namespace PluginHost.Abi.Wasi;

/// <summary>What a program is started with.</summary>
internal sealed record WasiProgram
{
    public required IReadOnlyList<string> Arguments { get; init; }

    public required Stream Input { get; init; }

    public required Stream Output { get; init; }

    public required Stream Error { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
