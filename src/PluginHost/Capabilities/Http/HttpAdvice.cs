namespace PluginHost.Capabilities.Http;

/// <summary>The smallest grant that would allow a request, in the words of the place where it has to be written.</summary>
internal static class HttpAdvice
{
    private const int HttpsPort = 443;
    private const int HttpPort = 80;

    /// <summary>For a request that no header makes wrong.</summary>
    public static string For(HttpTarget target, EffectiveGrant grant)
    {
        if (grant.Withdrawn.Contains(Capability.HttpEgress))
        {
            return $"a host whose WithdrawnCapabilities do not hold {Capability.HttpEgress}";
        }

        if (target.Method is "CONNECT" or "TRACE")
        {
            return $"none: {target.Method} is never granted";
        }

        if (grant.Source == GrantSource.CommandLine)
        {
            var host = target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host.Trim('[', ']')}]" : target.Host;
            return (target.Scheme, target.Port) is ("https", HttpPort) or ("http", HttpsPort)
                ? "none: --allow-http takes port 443 for https and port 80 for http"
                : $"--allow-http {host}:{target.Port}";
        }

        var list = $"http_egress_allowlist with \"{target.Host}\" in skill.toml";
        return grant.Source == GrantSource.Manifest && target.Scheme == "https" && target.Port == HttpsPort
            ? list
            : $"{list}, and in assets/capabilities.toml, among the tool's grants, [http.NAME] with host = \"{target.Host}\", scheme = \"{target.Scheme}\", port = {target.Port}, "
                + $"methods that hold \"{target.Method}\" and a path_prefix of {Uri.UnescapeDataString(target.Path)}";
    }
}
