namespace PluginHost.Capabilities.Http;

/// <summary>A request of a guest.</summary>
internal sealed record GuestHttpRequest(HttpTarget Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>What may not travel to another origin.</summary>
    private static readonly string[] Credentials = ["authorization", "cookie", "cookie2", "www-authenticate"];

    /// <summary>Whether it may be made twice: it asks only, or says by which key the server knows it again.</summary>
    public bool IsIdempotent => Target.Method is "GET" or "HEAD" || Headers.Any(header => string.Equals(header.Name, "Idempotency-Key", StringComparison.OrdinalIgnoreCase));

    /// <summary>The request that follows a redirect (RFC 9110 15.4).</summary>
    public GuestHttpRequest Redirected(int status, HttpTarget target)
    {
        var keepsBody = MethodAfter(status) == Target.Method;
        var sameOrigin = target.Scheme == Target.Scheme && target.Host == Target.Host && target.Port == Target.Port;
        return new GuestHttpRequest(
            target,
            [.. Headers.Where(header => (sameOrigin || !Credentials.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                && (keepsBody || !header.Name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)))],
            keepsBody ? Body : []);
    }

    /// <summary>The method that follows a redirect.</summary>
    public string MethodAfter(int status) => status switch
    {
        303 when Target.Method != "HEAD" => "GET",
        301 or 302 when Target.Method == "POST" => "GET",
        _ => Target.Method,
    };
}
