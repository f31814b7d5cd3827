using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QuickStart;

/// <summary>Stands in for https://api.weather.test on loopback, so that this example needs no network. Just enough of HTTP for it.</summary>
internal sealed class WeatherService : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public WeatherService(string token)
    {
        _listener.Start();
        _ = ServeAsync($"Authorization: Bearer {token}");
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(string authorization)
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                using var reader = new StreamReader(client.GetStream());
                var city = (await reader.ReadLineAsync())?.Split("city=").Last().Split(' ')[0];
                var knows = false;
                while (await reader.ReadLineAsync() is { Length: > 0 } header)
                {
                    knows |= header == authorization;
                }

                var (status, body) = knows ? ("200 OK", $"31 degrees in {city}") : ("401 Unauthorized", "who are you?");
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
            }
        }
        catch (SocketException)
        {
            // The example has ended.
        }
    }
}
