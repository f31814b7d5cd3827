using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PluginHost.Tests.Http;

/// <summary>A server on loopback that answers each connection with a fixed text and keeps what it was asked.</summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, Task> _answer;

    public LoopbackServer(string response)
        : this(stream => stream.WriteAsync(Encoding.ASCII.GetBytes(response)).AsTask())
    {
    }

    public LoopbackServer(Func<NetworkStream, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Serve();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public List<string> Requests { get; } = [];

    public static string Ok(string body) => $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                var buffer = new byte[64 * 1024];
                var text = "";
                while (!text.Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    text += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
                }

                lock (Requests)
                {
                    Requests.Add(text);
                }

                await _answer(stream);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
        }
    }
}
