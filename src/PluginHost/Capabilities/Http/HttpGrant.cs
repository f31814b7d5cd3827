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

    /// <summary>Where it is written: file and line; null where that is not known.</summary>
    public string? Place { get; init; }

    /// <summary>Why a request does not fall under this grant, with how much of it does; null where all does.</summary>
    public (int Fits, string Rule)? Refuses(HttpTarget target) =>
        target.Host != Host ? (0, "the host is not granted")
        : target.Scheme != Scheme ? (1, $"the scheme {target.Scheme} is not granted, {Scheme} is")
        : target.Port != Port ? (2, $"the port {target.Port} is not granted, {Port} is")
        : target.Method is "CONNECT" or "TRACE" || (!Methods.IsEmpty && !Methods.Contains(target.Method)) ? (3, $"the method {target.Method} is not granted")
        : !Below(target.Path) ? (4, $"the path is not at or below {PathPrefix}")
        : null;

    /// <summary>Whether every path below another prefix is below this one's.</summary>
    public bool Covers(string prefix) => PathPrefix == "/" || Below(prefix.Length > 1 ? prefix.TrimEnd('/') : prefix);

    private bool Below(string path)
    {
        var prefix = PathPrefix.TrimEnd('/');
        return path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal);
    }
}
