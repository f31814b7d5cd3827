using System.Net.Sockets;

namespace PluginHost.Tests.Fleets;

/// <summary>Stands between a host and its database, and stops passing anything on when it is told to: connections stay, answers do not come.</summary>
internal sealed class FreezingServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Socket> _connect;
    private volatile TaskCompletionSource _flows = Completed();

    /// <param name="connect">Connects to the server behind it.</param>
    public FreezingServer(Func<Socket> connect)
    {
        _connect = connect;
        _listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((System.Net.IPEndPoint)_listener.LocalEndPoint!).Port;

    public void Freeze() => _flows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _flows.TrySetResult();

    public void Dispose()
    {
        _end.Cancel();
        Thaw();
        _listener.Dispose();
        _end.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var (near, far) = (_listener.Accept(), _connect());
                Pass(near, far);
                Pass(far, near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>On a thread of its own: the pool is what the hosts under test wait for.</summary>
    private void Pass(Socket from, Socket to) => new Thread(() =>
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = from.Receive(buffer)) > 0;)
            {
                _flows.Task.Wait();
                to.Send(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has gone; the other has to know.
        }

        to.Dispose();
        from.Dispose();
    }) { IsBackground = true }.Start();
}
