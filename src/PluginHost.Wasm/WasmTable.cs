namespace PluginHost.Wasm;

/// <summary>A table of references.</summary>
public sealed class WasmTable
{
    private readonly Store _store;

    /// <summary>Elements of a table of functions. Exactly as long as the table: <c>call_indirect</c> compares with it.</summary>
    internal WasmFunction?[] Functions = [];

    /// <summary>Elements of a table of external references.</summary>
    internal object?[] Externals = [];

    /// <summary>Creates a table in a store.</summary>
    /// <param name="store">The store whose limits it counts against.</param>
    /// <param name="type">Its type.</param>
    /// <exception cref="WasmLimitException">The store does not allow that many elements.</exception>
    public WasmTable(Store store, TableType type)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(type);
        _store = store;
        Type = type;
        if (!store.TryTakeElements(type.Limits.Minimum))
        {
            throw new WasmLimitException(nameof(StoreOptions.TableElements), type.Limits.Minimum, store.Options.TableElements);
        }

        Resize((int)type.Limits.Minimum);
    }

    /// <summary>Its type, as it was created.</summary>
    public TableType Type { get; }

    /// <summary>Number of elements.</summary>
    public int Length => Type.Element == ValType.FuncRef ? Functions.Length : Externals.Length;

    /// <summary>The element at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public WasmValue this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Length);
            return Type.Element == ValType.FuncRef ? WasmValue.FromFunction(Functions[index]) : WasmValue.FromExternal(Externals[index]);
        }
    }

    internal bool OwnedBy(Store store) => ReferenceEquals(_store, store);

    /// <summary>Grows by a number of elements, all set to one reference.</summary>
    /// <returns>The size before, or -1 where a limit forbids it.</returns>
    internal int Grow(uint delta, object? value)
    {
        var before = Length;
        var after = (long)before + delta;
        if (after > (Type.Limits.Maximum ?? uint.MaxValue) || after > Array.MaxLength || !_store.TryTakeElements(delta))
        {
            return -1;
        }

        Resize((int)after);
        if (value is WasmFunction function && Type.Element == ValType.FuncRef)
        {
            Functions.AsSpan(before).Fill(function);
        }
        else if (value is not null)
        {
            Externals.AsSpan(before).Fill(value);
        }

        return before;
    }

    private void Resize(int length)
    {
        if (Type.Element == ValType.FuncRef)
        {
            Array.Resize(ref Functions, length);
        }
        else
        {
            Array.Resize(ref Externals, length);
        }
    }
}
