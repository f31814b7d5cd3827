using System.Diagnostics;
using System.Net.Sockets;

namespace PluginHost.Capabilities.Http;

/// <summary>
/// A connection whose reads look for an answer a moment before they sleep: a service on the same machine or nearby answers
/// sooner than a sleeping thread is woken. Its first answer comes late, for the service has to take the connection.
/// </summary>
internal sealed class PatientStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    /// <summary>A service that was late so often gets no more patience.</summary>
    private const int MostLate = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMicroseconds(50);
    private static readonly bool CanWait = Environment.ProcessorCount > 1;
    private bool _hasAnswered;
    private int _late;

    public override int Read(Span<byte> buffer)
    {
        Wait();
        return base.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        Wait();
        return base.Read(buffer, offset, count);
    }

    private void Wait()
    {
        if (!_hasAnswered || !CanWait || _late == MostLate)
        {
            _hasAnswered = true;
            return;
        }

        for (var start = Stopwatch.GetTimestamp(); !Socket.Poll(0, SelectMode.SelectRead); Thread.SpinWait(20))
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                _late++;
                return;
            }
        }
    }
}
