using System.Net;
using System.Net.Sockets;
using PluginHost.Capabilities.Files;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// Sends a message to an address that was checked: never by a second look-up, following no redirect, through no proxy,
/// keeping no cookie, sharing no connection between calls. One exchange at a time, all of it on the thread that asks for it: an
/// engine thread, so that a busy thread pool delays nobody.
/// </summary>
internal sealed class PinnedHttpClient : IDisposable
{
    /// <summary>A buffer that grows by doubling, and what is made of it.</summary>
    private const int Copies = 3;

    private const int MaxResponseBytes = 50 * 1024 * 1024;
    private const int MaxResponseHeaderKilobytes = 64;

    private readonly Lock _gate = new();
    private readonly HttpMessageInvoker _client;
    private IPEndPoint? _address;
    private readonly List<Socket> _sockets = [];
    private bool _aborted;

    public PinnedHttpClient() => _client = new(CreateHandler());

    public void Dispose() => _client.Dispose();

    /// <exception cref="HttpFailedException">There was no answer, or it is too large.</exception>
    /// <exception cref="OperationCanceledException">The call has to stop.</exception>
    public GuestHttpResponse Exchange(HttpRequestMessage message, IPEndPoint address, long maxBytes, ReservedSpace? memory, CancellationToken stop)
    {
        _address = address;

        // Reading does not look at tokens; a socket that is gone wakes it.
        using var abort = stop.UnsafeRegister(static client => ((PinnedHttpClient)client!).Abort(), this);
        try
        {
            using var response = _client.Send(message, stop);
            using var body = response.Content.ReadAsStream(stop);
            var location = response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
            return new GuestHttpResponse((int)response.StatusCode, ReadBounded(body, Math.Min(maxBytes, MaxResponseBytes), memory), location, Headers(response));
        }
        catch (Exception e) when (e is not HttpFailedException)
        {
            // Whatever a hostile server makes the framework throw: it gave no answer.
            stop.ThrowIfCancellationRequested();
            throw new HttpFailedException("no answer from the host") { IsTransient = true };
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

    private static byte[] ReadBounded(Stream body, long maxBytes, ReservedSpace? memory)
    {
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int count; (count = body.Read(buffer)) > 0;)
        {
            if (content.Length + count > maxBytes)
            {
                throw new HttpFailedException($"the answer is larger than the {maxBytes} bytes that there is room for");
            }

            if (memory?.TryTake(Copies * (long)count) == false)
            {
                throw new HttpFailedException("the host has no memory for the answer just now");
            }

            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = MaxResponseHeaderKilobytes,
        ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new PatientStream(Connect())),
    };

    private Socket Connect()
    {
        var address = _address ?? throw new InvalidOperationException("a request without a checked address");
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_aborted, this);
                _sockets.Add(socket);
            }

            socket.Connect(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Abort()
    {
        lock (_gate)
        {
            _aborted = true;
            _sockets.ForEach(static socket => socket.Dispose());
        }
    }
}
