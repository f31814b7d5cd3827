using System.Threading.RateLimiting;
using PluginHost.Limits;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>
/// Compiled modules by digest and options: what several skills or versions have in common is compiled once, and what was unloaded a while ago need not be
/// compiled again. What they take is reserved of the host's memory.
/// </summary>
/// <param name="reserve">Takes some of the host's memory; where there is none, what it returns is not acquired.</param>
/// <param name="unusedBytes">What modules that nobody uses may go on taking.</param>
internal sealed class ModuleCache(Func<long, RateLimitLease> reserve, long unusedBytes) : IDisposable
{
    /// <summary>Machine code, and what describes it, for each byte of a module all of whose functions were called.</summary>
    private const int CodeBytesPerByte = 12;

    /// <summary>An assembly and its types, however small the module.</summary>
    private const int CodeBytesOfAny = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Digest, bool Metering), Entry> _entries = [];
    private long _uses;

    /// <summary>Modules that it holds, those included that nobody uses.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>A compiled module, until the use of it is disposed.</summary>
    /// <param name="digest">Digest of the module's bytes.</param>
    /// <param name="bytes">How many they are.</param>
    /// <param name="metering">Whether its code charges fuel.</param>
    /// <param name="compile">Compiles it.</param>
    /// <exception cref="SkillLimitException">The host's memory is taken.</exception>
    public (CompiledModule Module, IDisposable Use) Take(string digest, long bytes, bool metering, Func<CompiledModule> compile)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue((digest, metering), out var known))
            {
                return (known.Module, Used(known));
            }
        }

        // Somebody else may compile the same meanwhile: the first one is kept.
        var wanted = (bytes * CodeBytesPerByte) + CodeBytesOfAny;
        var lease = reserve(wanted);
        if (!lease.IsAcquired)
        {
            throw new SkillLimitException(LimiterStrategy.Memory, $"the code of a module may take {wanted} bytes, and so much of this host's memory is not free");
        }

        try
        {
            var module = compile();
            lock (_gate)
            {
                if (!_entries.TryGetValue((digest, metering), out var entry))
                {
                    _entries.Add((digest, metering), entry = new Entry(module, wanted, lease));
                    lease = null;
                }

                return (entry.Module, Used(entry));
            }
        }
        finally
        {
            lease?.Dispose();
        }
    }

    /// <summary>Drops what nobody uses.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            Trim(0);
        }
    }

    public void Dispose() => Trim();

    private Use Used(Entry entry)
    {
        entry.Users++;
        entry.LastUse = ++_uses;
        return new Use(this, entry);
    }

    private void Release(Entry entry)
    {
        lock (_gate)
        {
            entry.Users--;
            Trim(unusedBytes);
        }
    }

    /// <summary>Drops what nobody uses, what was used longest ago first.</summary>
    private void Trim(long most)
    {
        var unused = _entries.Where(pair => pair.Value.Users == 0).OrderByDescending(pair => pair.Value.LastUse).ToList();
        var kept = 0L;
        foreach (var (key, entry) in unused)
        {
            kept += entry.Bytes;
            if (kept > most)
            {
                _entries.Remove(key);
                entry.Lease.Dispose();
            }
        }
    }

    private sealed class Entry(CompiledModule module, long bytes, RateLimitLease lease)
    {
        public CompiledModule Module => module;

        public long Bytes => bytes;

        public RateLimitLease Lease => lease;

        public int Users { get; set; }

        public long LastUse { get; set; }
    }

    private sealed class Use(ModuleCache cache, Entry entry) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                cache.Release(entry);
            }
        }
    }
}
