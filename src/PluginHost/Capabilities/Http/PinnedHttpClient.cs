using System.Net;
using System.Net.Sockets;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// Sends a message to an address that was checked: never by a second look-up, following no redirect, through no proxy,
/// keeping no cookie, sharing no connection between calls.
/// </summary>
internal sealed class PinnedHttpClient : IDisposable
{
    private const int MaxResponseBytes = 50 * 1024 * 1024;
    private const int MaxResponseHeaderKilobytes = 64;
    private static readonly HttpRequestOptionsKey<IPEndPoint> Endpoint = new("pluginhost.endpoint");

    private readonly HttpMessageInvoker _client = new(CreateHandler());

    public void Dispose() => _client.Dispose();

    /// <exception cref="HttpFailedException">There was no answer, or it is too large.</exception>
    public GuestHttpResponse Exchange(HttpRequestMessage message, IPEndPoint address, long maxBytes, CancellationToken stop)
    {
        message.Options.Set(Endpoint, address);
        try
        {
            // An engine thread waits here, of which each skill has a few of its own.
            using var response = _client.SendAsync(message, stop).GetAwaiter().GetResult();
            using var body = response.Content.ReadAsStream(stop);
            var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
            return new GuestHttpResponse((int)response.StatusCode, ReadBounded(body, Math.Min(maxBytes, MaxResponseBytes), stop), location, Headers(response));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            stop.ThrowIfCancellationRequested();
            throw new HttpFailedException("no answer from the host");
        }
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!name.StartsWith("set-cookie", StringComparison.OrdinalIgnoreCase))
            {
                headers[name.ToLowerInvariant()] = string.Join(", ", values);
            }
        }

        return headers;
    }

    private static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = MaxResponseHeaderKilobytes,
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

    private static byte[] ReadBounded(Stream body, long maxBytes, CancellationToken stop)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = body.ReadAsync(buffer, stop).AsTask().GetAwaiter().GetResult()) > 0;)
        {
            if (content.Length + count > maxBytes)
            {
                throw new HttpFailedException($"the answer is larger than the {maxBytes} bytes that there is room for");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }
}
