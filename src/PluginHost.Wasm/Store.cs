using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>
/// The world that instances share (spec 4.2.3): their memories, their fuel and their limits. A store runs on one thread
/// at a time; stores are independent of each other.
/// </summary>
public sealed class Store : IDisposable
{
    /// <summary>Fuel of a store that was given none: more than any guest can burn.</summary>
    public const long UnlimitedFuel = long.MaxValue / 2;

    /// <summary>Fuel left. Compiled code keeps it in a local and stores it before calls, traps and returns.</summary>
    internal long FuelLeft = UnlimitedFuel;

    /// <summary>Zero, or <see cref="long.MaxValue"/> once the guest has to stop: one compare serves fuel and interruption.</summary>
    internal long FuelFloor;

    /// <summary>Lowest stack address that a guest's frame may have.</summary>
    internal nuint StackLimit;

    /// <summary>Calls that may still nest, as of the last call of a host function.</summary>
    internal int DepthLeft;

    /// <summary>Second and further results of the function that returned last.</summary>
    internal long[] ResultBits = new long[8];

    /// <summary>High halves of vectors there.</summary>
    internal long[] ResultHigh = new long[8];

    /// <summary>References among the second and further results.</summary>
    internal object?[] ResultReferences = new object?[8];

    // The JIT cannot know what these fields hold, so it does not fold arithmetic with them (spec 4.3.3, NaN propagation; rotations).
    internal int Zero;
    internal long WideZero;
    internal float F32Zero;
    internal float F32NegativeZero = -0f;
    internal float F32One = 1;
    internal float F32NegativeOne = -1;
    internal double F64Zero;
    internal double F64NegativeZero = -0d;
    internal double F64One = 1;
    internal double F64NegativeOne = -1;

    private const int Released = -1;

    private readonly List<WasmMemory> _memories = [];
    private long _memoryBytes;
    private long _tableElements;
    private int _instances;
    private int _reentries;

    /// <summary>The thread that runs in the store, 0 for none, or <see cref="Released"/>.</summary>
    private int _owner;
    private bool _disposed;
    private volatile bool _dead;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">Its limits; the defaults where null.</param>
    public Store(StoreOptions? options = null) => Options = options ?? new StoreOptions();

    /// <summary>Its limits.</summary>
    public StoreOptions Options { get; }

    /// <summary>Whatever the host keeps with the store; its functions find it through <see cref="Caller.Store"/>.</summary>
    public object? Data { get; set; }

    /// <summary>
    /// Fuel left for metered code. What a call used is the difference. A call that ran out leaves a number below zero,
    /// because whole blocks are charged when they are entered.
    /// </summary>
    public long Fuel
    {
        get => FuelLeft;
        set => FuelLeft = value;
    }

    /// <summary>Bytes of all memories together.</summary>
    public long MemoryBytes => Interlocked.Read(ref _memoryBytes);

    internal bool IsInterrupted => Volatile.Read(ref FuelFloor) != 0;

    /// <summary>
    /// Makes the guest that runs now, or else the next one, trap. May be called from any thread. A store whose guest was
    /// interrupted is dead: nothing in it runs again.
    /// </summary>
    public void Interrupt() => Volatile.Write(ref FuelFloor, long.MaxValue);

    /// <summary>Takes an interruption back that has not met a guest.</summary>
    public void ClearInterrupt() => Volatile.Write(ref FuelFloor, 0);

    /// <summary>Interrupts the guest when a token is cancelled. Disposing the result ends that and takes the interruption back.</summary>
    public IDisposable InterruptOn(CancellationToken token) => new Interruption(this, token);

    /// <summary>Releases the memories; those of a guest that still runs, when it ends.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        ReleaseIfFree();
    }

    /// <summary>Enters the store on behalf of the host, or of a function of the host that the guest has called.</summary>
    /// <returns>What <see cref="End"/> and <see cref="Depth"/> take.</returns>
    internal static int Begin(WasmFunction function)
    {
        var store = function.Target.Store;
        var thread = Environment.CurrentManagedThreadId;
        if (store._owner == thread)
        {
            return store.BeginAgain(function);
        }

        store.Enter(thread);
        store.StackLimit = StackGuard.Limit;
        if (function.Code == 0)
        {
            store.Load(function);
        }

        return store.Options.CallDepth;
    }

    /// <summary>Calls that may nest in a call that began.</summary>
    internal static int Depth(int begun) => begun >= 0 ? begun : ~begun - 1;

    internal static void End(WasmFunction function, int begun)
    {
        var store = function.Target.Store;
        if (begun >= 0)
        {
            store.Leave();
            return;
        }

        store._reentries--;
        store.DepthLeft = ~begun;
    }

    internal static void Run(WasmFunction function, WasmValue[] arguments, WasmValue[] results)
    {
        var begun = Begin(function);
        try
        {
            EntryPoints.For(function.Type)(function, Depth(begun), arguments, results);
        }
        finally
        {
            End(function, begun);
        }
    }

    /// <summary>A guest was interrupted, perhaps in the middle of a change.</summary>
    internal void Die() => _dead = true;

    /// <summary>A function of another store would run with that store's fuel, stack and thread.</summary>
    internal void CheckOwner(WasmValue value)
    {
        if (value.Type == ValType.FuncRef && value.Function is { } function && !ReferenceEquals(function.Target.Store, this))
        {
            throw new ArgumentException("the function belongs to another store");
        }
    }

    internal void EnsureResults(int count)
    {
        if (count > ResultBits.Length)
        {
            ResultBits = new long[count];
            ResultHigh = new long[count];
            ResultReferences = new object?[count];
        }
    }

    internal void AddInstance()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (++_instances > Options.Instances)
        {
            throw new WasmLimitException(nameof(StoreOptions.Instances), _instances, Options.Instances);
        }
    }

    internal void Add(WasmMemory memory)
    {
        lock (_memories)
        {
            _memories.Add(memory);
        }
    }

    internal bool TryTakeMemory(long bytes)
    {
        if (bytes > Options.MemoryBytes - _memoryBytes)
        {
            return false;
        }

        Interlocked.Add(ref _memoryBytes, bytes);
        return true;
    }

    internal bool TryTakeElements(long elements)
    {
        if (elements > Options.TableElements - _tableElements)
        {
            return false;
        }

        _tableElements += elements;
        return true;
    }

    private void Enter(int thread)
    {
        if (_dead)
        {
            throw new InvalidOperationException("a guest of the store was interrupted, perhaps in the middle of a change: it does not run again");
        }

        var owner = Interlocked.CompareExchange(ref _owner, thread, 0);
        ObjectDisposedException.ThrowIf(owner == Released, this);
        if (owner != 0)
        {
            throw new InvalidOperationException("the store runs on another thread");
        }

        if (Volatile.Read(ref _disposed))
        {
            Leave();
            ObjectDisposedException.ThrowIf(true, this);
        }
    }

    private void Leave()
    {
        Interlocked.Exchange(ref _owner, 0);
        if (Volatile.Read(ref _disposed))
        {
            ReleaseIfFree();
        }
    }

    /// <summary>Compiles what is called first, inside the store, so that nobody else enters meanwhile.</summary>
    private void Load(WasmFunction function)
    {
        try
        {
            function.Loaded();
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>
    /// A function of the host that the guest called calls back: the same stack, the same budget. A handler that throws again
    /// keeps the frames of the first exception on the stack until its own exception is caught, so a trap that crosses many
    /// handlers of the host needs a stack that no check has accounted for. Hence no handler here, and a bound for those of
    /// the embedder.
    /// </summary>
    private int BeginAgain(WasmFunction function)
    {
        if (_reentries >= Options.Reentries)
        {
            Traps.CallStackExhausted();
        }

        function.Loaded();
        _reentries++;
        return ~DepthLeft;
    }

    /// <summary>Whoever takes the store out of use, the one who disposes it or the one who ran in it last, releases it, once.</summary>
    private void ReleaseIfFree()
    {
        if (Interlocked.CompareExchange(ref _owner, Released, 0) != 0)
        {
            return;
        }

        lock (_memories)
        {
            _memories.ForEach(memory => memory.Release());
            _memories.Clear();
        }
    }
}
