using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace PluginHost.Capabilities.Http;

/// <summary>Endpoints that the operator put in the place of hosts, as curl's <c>--resolve</c> does. They may be private: it is the operator's word.</summary>
internal sealed record ResolveMap(ImmutableDictionary<(string Host, int Port), ResolvedEndpoint> Entries)
{
    private const string PlainScheme = "http://";

    public static ResolveMap Empty { get; } = new(ImmutableDictionary<(string, int), ResolvedEndpoint>.Empty);

    /// <summary>Reads pairs of <c>HOST:PORT</c> and <c>[http://]ADDRESS:PORT</c>.</summary>
    /// <exception cref="FormatException">One has another form.</exception>
    public static ResolveMap Parse(IEnumerable<(string Host, string Endpoint)> pairs)
    {
        var entries = ImmutableDictionary.CreateBuilder<(string Host, int Port), ResolvedEndpoint>();
        foreach (var (name, endpoint) in pairs)
        {
            var plain = endpoint.StartsWith(PlainScheme, StringComparison.Ordinal);
            if (HostAndPort(name) is not { } key
                || !IPEndPoint.TryParse(plain ? endpoint[PlainScheme.Length..] : endpoint, out var address) || address.Port == 0)
            {
                throw new FormatException($"'{name}={endpoint}' is not of the form HOST:PORT=[http://]ADDRESS:PORT");
            }

            entries[key] = new ResolvedEndpoint(address, plain);
        }

        return new ResolveMap(entries.ToImmutable());
    }

    private static (string Host, int Port)? HostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536
            && Uri.CheckHostName(text[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
                ? (text[..colon].ToLowerInvariant(), port)
                : null;
    }
}
