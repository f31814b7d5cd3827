using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>What <c>assets/capabilities.toml</c> says: which code serves which tool, and with which narrower rights.</summary>
internal sealed record CapabilitiesFile
{
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

/// <summary>The code of a tool.</summary>
internal sealed record ToolBinding(
    string Tool, string? Module, string? Export, string? Abi, ImmutableArray<string>? Grants, long? Fuel, long? TimeoutMilliseconds, long? MemoryBytes);

/// <summary>Requests to one host.</summary>
internal sealed record HttpRequest(
    string Name, string Host, string Scheme, int Port, ImmutableArray<string> Methods, string PathPrefix, bool Redirects, SecretRequest? Secret);

/// <summary>A secret put into requests: into a header, a query parameter, or as the password of a user.</summary>
internal sealed record SecretRequest(string Secret, string? Header, string? Query, string? BasicUser, string Prefix);

/// <summary>Use of a root.</summary>
internal sealed record FilesRequest(string Name, string Path, bool Write, long? MaxBytes);
