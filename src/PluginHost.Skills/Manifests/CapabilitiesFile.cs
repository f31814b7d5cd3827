using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>What <c>assets/capabilities.toml</c> says: which code serves which tool, and with which narrower rights.</summary>
internal sealed record CapabilitiesFile
{
    /// <summary>Lines on which its sections begin.</summary>
    public ImmutableDictionary<string, int> Lines { get; init; } = ImmutableDictionary<string, int>.Empty;

    public ImmutableArray<ToolBinding> Tools { get; init; } = [];

    public ImmutableArray<HttpRequest> Http { get; init; } = [];

    public ImmutableArray<FilesRequest> Files { get; init; } = [];

    public long? VariableBytes { get; init; }

    public ImmutableArray<string> EnvironmentKeys { get; init; } = [];

    public long? ClockPrecisionMilliseconds { get; init; }

    public long? RandomBytes { get; init; }

    public long? LogBytes { get; init; }

    /// <summary>Secrets whose value reaches the guest, <c>scope/key</c>.</summary>
    public ImmutableArray<string> ReadableSecrets { get; init; } = [];

    public ImmutableArray<string> CalledTools { get; init; } = [];

    public ImmutableArray<string> HostFunctions { get; init; } = [];
}
