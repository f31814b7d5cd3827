using System.Threading.RateLimiting;

namespace PluginHost.Capabilities.Files;

/// <summary>Memory of the host that files, or an answer from the network, take, reserved a mebibyte at a time as they grow, and given back as they shrink.</summary>
/// <param name="take">Takes some of the host's memory; where there is none, what it returns is not acquired.</param>
internal sealed class ReservedSpace(Func<long, RateLimitLease> take) : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private readonly Stack<RateLimitLease> _chunks = [];
    private long _bytes;

    /// <summary>Takes bytes, or gives them back where negative; changes nothing where the host has no room. Used under the tree's lock.</summary>
    public bool TryTake(long bytes)
    {
        var wanted = (_bytes + bytes + ChunkBytes - 1) / ChunkBytes;
        if (wanted > _chunks.Count)
        {
            var before = _chunks.Count;
            while (_chunks.Count < wanted)
            {
                var chunk = take(ChunkBytes);
                if (!chunk.IsAcquired)
                {
                    Shrink(before);
                    return false;
                }

                _chunks.Push(chunk);
            }
        }

        Shrink(wanted);
        _bytes += bytes;
        return true;
    }

    /// <summary>Gives all of it back.</summary>
    public void Dispose()
    {
        Shrink(0);
        _bytes = 0;
    }

    private void Shrink(long wanted)
    {
        while (_chunks.Count > wanted)
        {
            _chunks.Pop().Dispose();
        }
    }
}
