using System.Net;

namespace PluginHost.Capabilities.Http;

/// <summary>Where a mapped host really is.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Plain">Whether it speaks HTTP without TLS, whatever the URL says.</param>
internal sealed record ResolvedEndpoint(IPEndPoint Address, bool Plain);
