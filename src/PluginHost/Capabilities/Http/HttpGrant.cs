using System.Collections.Immutable;

namespace PluginHost.Capabilities.Http;

/// <summary>Requests that a guest may make to one host.</summary>
internal sealed record HttpGrant
{
    /// <summary>Exact host, in its ASCII form and lower case.</summary>
    public required string Host { get; init; }

    /// <summary><c>https</c> or <c>http</c>.</summary>
    public string Scheme { get; init; } = "https";

    public int Port { get; init; } = 443;

    /// <summary>Methods in upper case; empty for all but CONNECT and TRACE.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];

    /// <summary>Paths at or below this one, compared by whole segments.</summary>
    public string PathPrefix { get; init; } = "/";

    /// <summary>Whether a redirect is followed, each hop demanded anew; otherwise the guest gets it.</summary>
    public bool FollowsRedirects { get; init; }

    /// <summary>A secret that the host puts into each request.</summary>
    public SecretUse? Secret { get; init; }

    /// <summary>Why a request does not fall under this grant, or null where it does.</summary>
    public string? Refuses(HttpTarget target) =>
        target.Host != Host ? "the host is not granted"
        : target.Scheme != Scheme ? $"the scheme {target.Scheme} is not granted, {Scheme} is"
        : target.Port != Port ? $"the port {target.Port} is not granted, {Port} is"
        : target.Method is "CONNECT" or "TRACE" || (!Methods.IsEmpty && !Methods.Contains(target.Method)) ? $"the method {target.Method} is not granted"
        : !Below(target.Path) ? $"the path is not at or below {PathPrefix}"
        : null;

    private bool Below(string path)
    {
        var prefix = PathPrefix.TrimEnd('/');
        return path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal);
    }
}
