using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>
/// A fresh guest for each call, so that nothing of one call is seen by the next. Where making an instance runs nothing of the guest and takes next to no
/// time, the next one is made ahead, on the thread that has just had a call.
/// </summary>
internal sealed class FreshGuests : IGuestSource, IDisposable
{
    /// <summary>A larger memory is not kept ready for what may never come.</summary>
    private const long MostMemory = 16 << 20;

    /// <summary>What is copied, and what is made for each function and element: more would keep a thread that others may want.</summary>
    private const long MostWork = 1 << 20;

    /// <summary>Work of a function, an element or a global beside that of a byte.</summary>
    private const int ItemWork = 64;

    private readonly LinkedModule _module;
    private volatile bool _makesAhead;
    private int _isMaking;
    private GuestInstance? _ready;

    public FreshGuests(LinkedModule module)
    {
        _module = module;
        var wasm = module.Compiled.Module;
        var memory = wasm.Memories.Sum(type => (long)type.Limits.Minimum * WasmMemory.PageSize);
        var work = wasm.Data.Sum(segment => (long)segment.Content.Length)
            + (ItemWork * (wasm.Functions.Length + (long)wasm.Globals.Length + wasm.Tables.Sum(type => (long)type.Limits.Minimum) + wasm.Elements.Sum(segment => (long)(segment.Functions?.Length ?? segment.Expressions?.Length ?? 0))));

        // A start function is the guest's: it runs within a call, under its limits and on its record. Each memory takes a wide range of addresses.
        _makesAhead = wasm.Start is null && wasm.Memories.Length <= 1 && memory <= MostMemory && work <= MostWork;
        ReadyBytes = _makesAhead ? memory + work : 0;
    }

    /// <summary>Memory of the guest that is kept ready.</summary>
    public long ReadyBytes { get; }

    /// <inheritdoc/>
    public GuestInstance Take(long memoryBytes) =>
        Volatile.Read(ref _ready) is { } ready && ready.MemoryBytes == memoryBytes && Interlocked.CompareExchange(ref _ready, null, ready) == ready
            ? ready
            : new GuestInstance(memoryBytes);

    /// <inheritdoc/>
    public void Return(GuestInstance guest, bool isIntact) => guest.Dispose();

    /// <inheritdoc/>
    public void MakeAhead(long memoryBytes)
    {
        if (_makesAhead && Volatile.Read(ref _ready) is null && Interlocked.Exchange(ref _isMaking, 1) == 0)
        {
            Make(memoryBytes);
            Volatile.Write(ref _isMaking, 0);
        }
    }

    public void Dispose()
    {
        _makesAhead = false;
        Interlocked.Exchange(ref _ready, null)?.Dispose();
    }

    private void Make(long memoryBytes)
    {
        var next = new GuestInstance(memoryBytes);
        try
        {
            next.Instance = _module.Instantiate(next.Store);
        }
        catch (Exception)
        {
            // Whatever it is, calls will meet it, too, each on its record; here nobody asked.
            _makesAhead = false;
        }

        if (next.Instance is null || Interlocked.CompareExchange(ref _ready, next, null) is not null)
        {
            next.Dispose();
        }
        else if (!_makesAhead)
        {
            // Disposed meanwhile.
            Interlocked.Exchange(ref _ready, null)?.Dispose();
        }
    }
}
