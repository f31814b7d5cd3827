using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>
/// A linear memory. It never moves: its whole address range is reserved at once, wide enough that no index and offset a
/// guest can write reach beyond it, and pages become usable as it grows.
/// </summary>
public sealed class WasmMemory
{
    /// <summary>Bytes of a page.</summary>
    public const int PageSize = 65_536;

    /// <summary>
    /// A page less than 32 bits can address, so that a sum which wraps was never a valid address: compiled code checks several
    /// accesses near each other at once.
    /// </summary>
    private const uint MaxPages = 65_535;

    /// <summary>Address of the first byte.</summary>
    internal readonly nint Base;

    /// <summary>Bytes usable now. Compiled code compares with it before every access.</summary>
    internal long Length;

    private readonly Store _store;
    private bool _released;

    /// <summary>Creates a memory in a store.</summary>
    /// <param name="store">The store whose limits it counts against.</param>
    /// <param name="type">Its type.</param>
    /// <exception cref="WasmLimitException">The store does not allow that many bytes, or it has more than 65,535 pages.</exception>
    public WasmMemory(Store store, MemoryType type)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(type);
        _store = store;
        Type = type;
        var bytes = (long)type.Limits.Minimum * PageSize;
        if (type.Limits.Minimum > MaxPages)
        {
            throw new WasmLimitException("MemoryPages", type.Limits.Minimum, MaxPages);
        }

        if (!store.TryTakeMemory(bytes))
        {
            throw new WasmLimitException(nameof(StoreOptions.MemoryBytes), bytes, store.Options.MemoryBytes - store.MemoryBytes);
        }

        try
        {
            Base = Reservations.Take(bytes);
        }
        catch
        {
            store.TryTakeMemory(-bytes);
            throw;
        }

        if (Base == 0)
        {
            store.TryTakeMemory(-bytes);
            throw new InsufficientMemoryException("a guest memory could not be allocated");
        }

        Length = bytes;
        store.Add(this);
    }

    /// <summary>Frees the address range of a store that was never disposed.</summary>
    ~WasmMemory() => Release();

    /// <summary>Its type, as it was created.</summary>
    public MemoryType Type { get; }

    /// <summary>Its size in pages.</summary>
    public int Pages => (int)(Length / PageSize);

    /// <summary>Copies bytes out of the memory.</summary>
    /// <exception cref="WasmTrapException">The range is not inside the memory.</exception>
    public void Read(uint address, Span<byte> into)
    {
        View(address, into.Length).CopyTo(into);
        GC.KeepAlive(this);
    }

    /// <summary>Copies bytes into the memory.</summary>
    /// <exception cref="WasmTrapException">The range is not inside the memory.</exception>
    public void Write(uint address, ReadOnlySpan<byte> from)
    {
        from.CopyTo(View(address, from.Length));
        GC.KeepAlive(this);
    }

    /// <summary>A part of the memory itself. Must not be held over anything that runs the guest or disposes the store.</summary>
    internal unsafe Span<byte> View(long address, long length)
    {
        ObjectDisposedException.ThrowIf(_released, this);
        if ((ulong)address + (ulong)length > (ulong)Length || length > int.MaxValue)
        {
            Traps.MemoryOutOfBounds();
        }

        return new Span<byte>((byte*)Base + address, (int)length);
    }

    internal bool OwnedBy(Store store) => ReferenceEquals(_store, store);

    /// <summary>Grows by a number of pages.</summary>
    /// <returns>The size before, or -1 where a limit forbids it.</returns>
    internal int Grow(uint delta)
    {
        var before = Pages;
        var added = (long)delta * PageSize;
        if (before + (long)delta > Math.Min(Type.Limits.Maximum ?? MaxPages, MaxPages) || !_store.TryTakeMemory(added))
        {
            return -1;
        }

        if (delta > 0 && !AddressSpace.Commit(Base + (nint)Length, added))
        {
            _store.TryTakeMemory(-added);
            return -1;
        }

        Length += added;
        return before;
    }

    internal void Release()
    {
        if (!_released && Base != 0)
        {
            _released = true;
            var used = Length;
            Length = 0;
            Reservations.Return(Base, used);
#pragma warning disable CA1816 // The store disposes of its memories.
            GC.SuppressFinalize(this);
#pragma warning restore CA1816
        }
    }
}
