using PluginHost.Sandbox;

namespace PluginHost.Cli.Wasm;

/// <summary>What <c>wasm run</c> was asked for.</summary>
internal sealed record ModuleRunOptions
{
    public required string Module { get; init; }

    /// <summary>Name and arguments of the export; null runs the program.</summary>
    public required string[]? Invoke { get; init; }

    public required string[] ProgramArguments { get; init; }

    public required string? Input { get; init; }

    public required string[] Directories { get; init; }

    public required string[] Environment { get; init; }

    public required string[] Config { get; init; }

    public required string[] AllowedHosts { get; init; }

    public required string[] Resolve { get; init; }

    public required GuestLimits Limits { get; init; }

    public required bool Metering { get; init; }

    public required int Repeat { get; init; }

    public required string? Audit { get; init; }

    /// <summary>Whether the program's output is collected instead of printed.</summary>
    public required bool Collect { get; init; }
}
