using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using PluginHost.Gate;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// Makes the requests of one call. The only code that opens a connection for a guest: to the address that was checked,
/// never by a second look-up, following no redirect, through no proxy, keeping no cookie.
/// </summary>
internal sealed partial class HttpBroker(GuestCall call, ResolveMap resolve, Func<string, string?> secrets) : IDisposable
{
    private const int MaxHeaders = 100;
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxResponseBytes = 50 * 1024 * 1024;

    /// <summary>Headers that frame the message or name the host; the host library writes them itself.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "expect",
        "proxy-authorization", "proxy-connection",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly HttpRequestOptionsKey<IPEndPoint> Endpoint = new("pluginhost.endpoint");

    private HttpMessageInvoker? _client;

    public void Dispose() => _client?.Dispose();

    /// <summary>Demands and makes a request.</summary>
    /// <exception cref="CapabilityDeniedException">It is not granted.</exception>
    /// <exception cref="HttpFailedException">It failed.</exception>
    public GuestHttpResponse Send(GuestHttpRequest request)
    {
        var (grant, rule) = Match(request.Target);
        rule ??= HeaderRule(request, grant!);
        using var message = new HttpRequestMessage();
        var lease = call.Demand(
            Capability.HttpEgress, request.Target.Resource,
            rule is null ? $"grant for {grant!.Scheme}://{grant.Host}:{grant.Port}{grant.PathPrefix}" : null,
            (rule ?? "", $"http_egress_allowlist with \"{request.Target.Host}\""));
        lease.Take(Capability.HttpEgress);
        GuestHttpResponse response;
        try
        {
            var endpoint = Resolve(request.Target);
            Fill(message, request, endpoint);
            if (grant!.Secret is { } secret)
            {
                Inject(message, secret);
            }

            response = Exchange(message, endpoint);
        }
        catch (Exception e)
        {
            // Messages of the network stack may hold what the guest sent; records hold only the kind.
            lease.Close(e is HttpFailedException failed ? $"failed: {failed.Message}" : $"failed: {e.GetType().Name}");
            throw;
        }

        lease.Close($"status {response.Status}", response.Body.Length, request.Body.Length);
        return response;
    }

    private (HttpGrant? Grant, string? Rule) Match(HttpTarget target)
    {
        string? nearest = null;
        foreach (var grant in call.Grant.Http)
        {
            if (grant.Refuses(target) is not { } reason)
            {
                return (grant, null);
            }

            nearest = grant.Host == target.Host ? reason : nearest;
        }

        return (null, nearest ?? "the host is not granted");
    }

    private string? HeaderRule(GuestHttpRequest request, HttpGrant grant)
    {
        if (grant.Secret is not null && request.Target.Scheme == "http" && !resolve.Entries.ContainsKey((request.Target.Host, request.Target.Port)))
        {
            return "a secret is not sent without TLS";
        }

        if (request.Headers.Count > MaxHeaders || request.Headers.Sum(header => header.Name.Length + header.Value.Length) > MaxHeaderBytes)
        {
            return $"more than {MaxHeaders} headers or {MaxHeaderBytes} bytes of them";
        }

        foreach (var (name, value) in request.Headers)
        {
            if (!HeaderName().IsMatch(name) || value.AsSpan().IndexOfAnyInRange('\0', '\u0008') >= 0 || value.AsSpan().IndexOfAny("\r\n\0") >= 0)
            {
                return "a header is not well-formed";
            }

            if (Reserved.Contains(name))
            {
                return $"the header {name} is the host's to write";
            }

            if (string.Equals(name, grant.Secret?.Header, StringComparison.OrdinalIgnoreCase))
            {
                return $"the header {name} carries a secret that the host injects";
            }
        }

        return null;
    }

    /// <summary>Looks the host up once; the connection goes to exactly this address.</summary>
    private ResolvedEndpoint Resolve(HttpTarget target)
    {
        if (resolve.Entries.TryGetValue((target.Host, target.Port), out var mapped))
        {
            return mapped;
        }

        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(target.Host.Trim('[', ']'), out var literal)
                ? [literal]
                : Dns.GetHostAddressesAsync(target.Host, call.Stop).GetAwaiter().GetResult();
        }
        catch (SocketException)
        {
            throw new HttpFailedException("the host name was not found");
        }

        // One private address among several is enough to refuse: the name's owner chose them all.
        if (addresses.Length == 0 || !addresses.All(PublicAddress.Is))
        {
            var address = addresses.FirstOrDefault(address => !PublicAddress.Is(address));
            throw call.Refuse(
                Capability.HttpEgress, $"{target.Resource} at {address?.ToString() ?? "no address"}",
                "the host's address is private", $"an operator's mapping of {target.Host}:{target.Port} to that address");
        }

        return new ResolvedEndpoint(new IPEndPoint(addresses[0], target.Port), Plain: false);
    }

    private static void Fill(HttpRequestMessage message, GuestHttpRequest request, ResolvedEndpoint endpoint)
    {
        var uri = request.Target.Uri;
        message.Method = new HttpMethod(request.Target.Method);
        message.RequestUri = endpoint.Plain && uri.Scheme == "https"
            ? new UriBuilder(uri) { Scheme = "http", Port = uri.Port }.Uri
            : uri;
        message.Version = HttpVersion.Version11;
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        message.Headers.Host = uri.IsDefaultPort ? host : $"{host}:{uri.Port}";
        if (request.Body.Length > 0 || request.Target.Method is "POST" or "PUT" or "PATCH")
        {
            message.Content = new ByteArrayContent(request.Body);
        }

        foreach (var (name, value) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }

    private void Inject(HttpRequestMessage message, SecretUse use)
    {
        var value = secrets(use.Name);
        var lease = call.Demand(
            Capability.SecretsUse, use.Name,
            value is null ? null : $"injected into header {use.Header}",
            ("the secret is unknown or not granted", $"a value for {use.Name}"));
        lease.Take(Capability.SecretsUse);
        message.Headers.Remove(use.Header);

        // The framework lets a line break in a value through, and with it a second header.
        var added = !(use.Prefix + value).AsSpan().ContainsAnyExceptInRange(' ', '~')
            && message.Headers.TryAddWithoutValidation(use.Header, use.Prefix + value);
        lease.Close(added ? "ok" : "failed: the value does not fit into a header");
        if (!added)
        {
            throw new HttpFailedException("the secret does not fit into a header");
        }
    }

    private GuestHttpResponse Exchange(HttpRequestMessage message, ResolvedEndpoint endpoint)
    {
        message.Options.Set(Endpoint, endpoint.Address);
        _client ??= new HttpMessageInvoker(CreateHandler());
        try
        {
            // The guest has a thread of its own, so waiting here starves nobody.
            using var response = _client.SendAsync(message, call.Stop).GetAwaiter().GetResult();
            using var body = response.Content.ReadAsStream(call.Stop);
            return new GuestHttpResponse((int)response.StatusCode, ReadBounded(body));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            call.Stop.ThrowIfCancellationRequested();
            throw new HttpFailedException("no answer from the host");
        }
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 64,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = static async (context, cancellation) =>
        {
            var address = context.InitialRequestMessage.Options.TryGetValue(Endpoint, out var endpoint)
                ? endpoint
                : throw new InvalidOperationException("a request without a checked address");
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    private byte[] ReadBounded(Stream body)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = body.ReadAsync(buffer, call.Stop).AsTask().GetAwaiter().GetResult()) > 0;)
        {
            if (content.Length + count > MaxResponseBytes)
            {
                throw new HttpFailedException($"the answer is larger than {MaxResponseBytes} bytes");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}\z")]
    private static partial Regex HeaderName();
}
