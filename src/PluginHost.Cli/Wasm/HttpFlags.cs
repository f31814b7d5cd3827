using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Capabilities.Http;

namespace PluginHost.Cli.Wasm;

/// <summary><c>--allow-http HOST[:PORT]</c> and <c>--resolve HOST:PORT=[http://]ADDR:PORT</c>.</summary>
internal static class HttpFlags
{
    private const int Https = 443;
    private const int Http = 80;

    /// <summary>A host without a port means https on 443; port 80 means plain http, any other port either.</summary>
    public static ImmutableArray<HttpGrant> Allowed(IEnumerable<string> flags) => [.. flags.SelectMany(flag =>
    {
        var (host, port) = Split(flag, Https) ?? throw Wrong("allow-http", flag, "HOST[:PORT]");
        return port switch
        {
            Https => new[] { Grant(host, "https", port) },
            Http => [Grant(host, "http", port)],
            _ => [Grant(host, "https", port), Grant(host, "http", port)],
        };
    })];

    public static ResolveMap Resolved(IEnumerable<string> flags)
    {
        try
        {
            return ResolveMap.Parse(flags.Select(flag => flag.Split('=', 2) is [var host, var endpoint] ? (host, endpoint) : throw new FormatException($"'{flag}' has no '='")));
        }
        catch (FormatException e)
        {
            throw new CommandError(ExitCode.Usage, "usage.resolve", e.Message);
        }
    }

    private static HttpGrant Grant(string host, string scheme, int port) => new() { Host = host, Scheme = scheme, Port = port };

    private static (string Host, int Port)? Split(string text, int? defaultPort)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']'))
        {
            return defaultPort is { } port && IsHost(text) ? (text.ToLowerInvariant(), port) : null;
        }

        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var written)
            && written is > 0 and < 65_536 && IsHost(text[..colon])
            ? (text[..colon].ToLowerInvariant(), written)
            : null;
    }

    private static bool IsHost(string host) => Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static CommandError Wrong(string option, string flag, string form) =>
        new(ExitCode.Usage, "usage." + option, $"'{flag}' is not of the form {form}");
}
