using System.Collections.Immutable;
using System.Net;

namespace PluginHost.Capabilities.Http;

/// <summary>Endpoints that the operator put in the place of hosts, as curl's <c>--resolve</c> does. They may be private: it is the operator's word.</summary>
internal sealed record ResolveMap(ImmutableDictionary<(string Host, int Port), ResolvedEndpoint> Entries)
{
    public static ResolveMap Empty { get; } = new(ImmutableDictionary<(string, int), ResolvedEndpoint>.Empty);
}

/// <summary>Where a mapped host really is.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Plain">Whether it speaks HTTP without TLS, whatever the URL says.</param>
internal sealed record ResolvedEndpoint(IPEndPoint Address, bool Plain);
