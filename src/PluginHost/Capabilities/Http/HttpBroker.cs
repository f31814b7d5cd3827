using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading.RateLimiting;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Secrets;
using PluginHost.Gate;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// Makes the requests of one call: matches them with the grants, demands, resolves the host once and injects secrets. The
/// only code that opens a connection for a guest.
/// </summary>
internal sealed partial class HttpBroker(GuestCall call, ResolveMap resolve, SecretBroker secrets, HttpRetry retry, Func<long, RateLimitLease>? memory) : IDisposable
{
    private const int MaxHeaders = 100;
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxRedirects = 10;

    /// <summary>Headers that frame the message or name the host; the host library writes them itself.</summary>
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "expect",
        "proxy-authorization", "proxy-connection",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private PinnedHttpClient? _client;

    public void Dispose() => _client?.Dispose();

    /// <summary>Demands and makes a request, again where that is of use and harmless, and where the grant follows redirects each request after it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxResponseBytes">What the guest has room for.</param>
    /// <exception cref="CapabilityDeniedException">It is not granted.</exception>
    /// <exception cref="HttpFailedException">It failed.</exception>
    public GuestHttpResponse Send(GuestHttpRequest request, long maxResponseBytes)
    {
        for (var redirects = 0; ; redirects++)
        {
            var now = request;
            var (response, follows) = request.IsIdempotent ? retry.Execute(call.Identity.Skill, _ => SendOnce(now, maxResponseBytes), call.Stop) : SendOnce(request, maxResponseBytes);
            if (!follows || !response.IsRedirect)
            {
                return response;
            }

            if (redirects == MaxRedirects)
            {
                throw new HttpFailedException($"more than {MaxRedirects} redirects");
            }

            request = request.Redirected(response.Status, Next(request, response));
        }
    }

    private HttpTarget Next(GuestHttpRequest request, GuestHttpResponse response)
    {
        var method = request.MethodAfter(response.Status);
        return (Uri.TryCreate(request.Target.Uri, response.Location, out var uri) ? HttpTarget.Parse(method, uri.AbsoluteUri) : null)
            ?? throw call.Refuse(
                Capability.HttpEgress, $"{method} (a redirect of {request.Target.Host})", "the redirect leads to no URL that can be granted", "none: the server has to redirect to http or https");
    }

    private HttpAttempt SendOnce(GuestHttpRequest request, long maxResponseBytes)
    {
        var (grant, rule, place) = Match(request.Target);
        var advice = HttpAdvice.For(request.Target, call.Grant);
        if (rule is null && (rule = RequestRule(request, grant!)) is not null)
        {
            advice = "none: the request itself has to change";
        }

        using var message = new HttpRequestMessage();
        using var space = memory is null ? null : new ReservedSpace(memory);
        var lease = call.Demand(
            Capability.HttpEgress, request.Target.Resource,
            rule is null ? $"grant for {grant!.Scheme}://{grant.Host}:{grant.Port}{grant.PathPrefix}" : null,
            (rule ?? "", advice),
            place);
        lease.Take(Capability.HttpEgress, request.Target.Resource);
        GuestHttpResponse response;
        try
        {
            var endpoint = Resolve(request.Target);
            Fill(message, request, endpoint);
            if (grant!.Secret is { } secret)
            {
                secrets.Inject(secret, value => secret.TryInject(message, value));
            }

            response = (_client ??= new PinnedHttpClient()).Exchange(message, endpoint.Address, maxResponseBytes, space, call.Stop);
        }
        catch (Exception e)
        {
            // Messages of the network stack may hold what the guest sent; records hold only the kind.
            lease.Close(e is HttpFailedException failed ? $"failed: {failed.Message}" : $"failed: {e.GetType().Name}");
            throw;
        }

        lease.Close($"status {response.Status}", response.Body.Length, request.Body.Length);
        CheckAnswer(request.Target, response);
        return new HttpAttempt(response, grant.FollowsRedirects);
    }

    /// <summary>A service that echoes what it is sent must not hand a secret to the guest; half an answer would confirm guesses.</summary>
    private void CheckAnswer(HttpTarget target, GuestHttpResponse response)
    {
        if ((call.Watch.FindIn(response.Body) ?? call.Watch.FindIn(string.Join('\n', response.Headers.Select(header => $"{header.Key}: {header.Value}")))) is { } secret)
        {
            throw call.Refuse(Capability.SecretsUse, secret, $"the answer of {target.Host} holds the value of the secret", "none: the service must not send it back");
        }
    }

    /// <summary>What a guest may have read stays with it: no request carries it, in whatever form.</summary>
    private string? LeakRule(GuestHttpRequest request)
    {
        secrets.WatchReadable();
        var secret = call.Watch.FindIn(request.Body)
            ?? call.Watch.FindIn(request.Target.Uri.OriginalString)
            ?? call.Watch.FindIn(request.Target.Uri.AbsoluteUri)
            ?? call.Watch.FindIn(Uri.UnescapeDataString(request.Target.Uri.AbsoluteUri))
            ?? call.Watch.FindIn(string.Join('\n', request.Headers.Select(header => $"{header.Name}: {header.Value}")));
        return secret is null ? null : $"the request holds the value of secret {secret}";
    }

    private (HttpGrant? Grant, string? Rule, string? Place) Match(HttpTarget target)
    {
        // Of several grants that do not fit the one that comes nearest tells why.
        (int Fits, string Rule) nearest = (0, "the host is not granted");
        string? place = null;
        foreach (var grant in call.Grant.Http)
        {
            if (grant.Refuses(target) is not { } reason)
            {
                return (grant, null, grant.Place);
            }

            if (reason.Fits > nearest.Fits)
            {
                (nearest, place) = (reason, grant.Place);
            }
        }

        return (null, nearest.Rule, place);
    }

    private string? RequestRule(GuestHttpRequest request, HttpGrant grant)
    {
        if (grant.Secret is not null && request.Target.Scheme == "http" && !resolve.Entries.ContainsKey((request.Target.Host, request.Target.Port)))
        {
            return "a secret is not sent without TLS";
        }

        if (request.Headers.Count > MaxHeaders || request.Headers.Sum(header => header.Name.Length + header.Value.Length) > MaxHeaderBytes)
        {
            return $"more than {MaxHeaders} headers or {MaxHeaderBytes} bytes of them";
        }

        if (LeakRule(request) is { } leak)
        {
            return leak;
        }

        if (grant.Secret?.QueryParameter is { } parameter && HasParameter(request.Target.Uri, parameter))
        {
            return $"the query parameter {parameter} carries a secret that the host injects";
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

    private static bool HasParameter(Uri uri, string parameter) => uri.Query.TrimStart('?').Split('&', ';')
        .Any(part => string.Equals(Uri.UnescapeDataString(part.Split('=')[0].Replace('+', ' ')), parameter, StringComparison.OrdinalIgnoreCase));

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
                : Dns.GetHostAddresses(target.Host);
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

    [GeneratedRegex(@"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}\z")]
    private static partial Regex HeaderName();
}
