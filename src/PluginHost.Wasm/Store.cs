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

    /// <summary>Fuel left. Compiled code keeps it in a local and stores it through at every charge.</summary>
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

    // The JIT cannot know what these fields hold, so it does not fold arithmetic with them (spec 4.3.3, NaN propagation).
    internal float F32Zero;
    internal float F32NegativeZero = -0f;
    internal float F32One = 1;
    internal float F32NegativeOne = -1;
    internal double F64Zero;
    internal double F64NegativeZero = -0d;
    internal double F64One = 1;
    internal double F64NegativeOne = -1;

    private readonly List<WasmMemory> _memories = [];
    private readonly Lock _lifetime = new();
    private long _memoryBytes;
    private long _tableElements;
    private int _instances;
    private int _reentries;
    private int _owner;
    private bool _disposed;

    /// <summary>Creates an empty store.</summary>
    /// <param name="options">Its limits; the defaults where null.</param>
    public Store(StoreOptions? options = null) => Options = options ?? new StoreOptions();

    /// <summary>Its limits.</summary>
    public StoreOptions Options { get; }

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

    /// <summary>Makes the guest that runs now, or else the next one, trap. May be called from any thread.</summary>
    public void Interrupt() => Volatile.Write(ref FuelFloor, long.MaxValue);

    /// <summary>Takes an interruption back, so that the store can run again.</summary>
    public void ClearInterrupt() => Volatile.Write(ref FuelFloor, 0);

    /// <summary>Interrupts the guest when a token is cancelled. Disposing the result ends that and takes the interruption back.</summary>
    public IDisposable InterruptOn(CancellationToken token) => new Interruption(this, token);

    /// <summary>Releases the memories; those of a guest that still runs, when it ends.</summary>
    public void Dispose()
    {
        lock (_lifetime)
        {
            _disposed = true;
            if (_owner == 0)
            {
                Release();
            }
        }
    }

    internal void Run(WasmFunction function, WasmValue[] arguments, WasmValue[] results)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (_owner == thread)
        {
            // The host's function that the guest called calls back: the same stack, the same budget.
            Reenter(function, arguments, results);
            return;
        }

        Enter(thread);
        try
        {
            StackLimit = StackGuard.Limit;
            function.Loaded();
            EntryPoints.For(function.Type)(function, Options.CallDepth, arguments, results);
        }
        catch (WasmTrapException trap)
        {
            Traps.AttachStack(trap, Options.TrapFrames);
            throw;
        }
        finally
        {
            Leave();
        }
    }

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
        lock (_lifetime)
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
        lock (_lifetime)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_owner != 0)
            {
                throw new InvalidOperationException("the store runs on another thread");
            }

            _owner = thread;
        }
    }

    private void Leave()
    {
        lock (_lifetime)
        {
            _owner = 0;
            if (_disposed)
            {
                Release();
            }
        }
    }

    /// <summary>
    /// A handler that throws again keeps the frames of the first exception on the stack until its own exception is caught,
    /// so a trap that crosses many handlers of the host needs a stack that no check has accounted for. Hence no handler
    /// here, and a bound for those of the embedder.
    /// </summary>
    private void Reenter(WasmFunction function, WasmValue[] arguments, WasmValue[] results)
    {
        var depth = DepthLeft;
        if (++_reentries > Options.Reentries)
        {
            _reentries--;
            Traps.CallStackExhausted();
        }

        try
        {
            function.Loaded();
            EntryPoints.For(function.Type)(function, depth - 1, arguments, results);
        }
        finally
        {
            _reentries--;
            DepthLeft = depth;
        }
    }

    private void Release()
    {
        _memories.ForEach(memory => memory.Release());
        _memories.Clear();
    }
}
