using System.Collections.Immutable;
using System.Threading.RateLimiting;
using PluginHost.Capabilities.Http;
using PluginHost.Capabilities.Variables;

namespace PluginHost.Abi.Extism;

/// <summary>What an Extism guest is called with.</summary>
internal sealed record ExtismSettings
{
    public byte[] Input { get; init; } = [];

    /// <summary>Settings that are no secrets.</summary>
    public ImmutableDictionary<string, string> Config { get; init; } = ImmutableDictionary<string, string>.Empty;

    public IVariableStore Variables { get; init; } = new VariableStore();

    /// <summary>Receives messages, already bounded: level and text as the guest wrote it.</summary>
    public Action<string, string> Log { get; init; } = static (_, _) => { };

    public ResolveMap Resolve { get; init; } = ResolveMap.Empty;

    /// <summary>Takes some of the host's memory, for answers from the network; null for a bare module.</summary>
    public Func<long, RateLimitLease>? Memory { get; init; }

    /// <summary>Which requests are made again.</summary>
    public HttpRetry Retry { get; init; } = HttpRetry.None;

    /// <summary>The value of a secret, by <c>scope/key</c>; null where it is unknown or not granted.</summary>
    public Func<string, string?> Secrets { get; init; } = static _ => null;
}
