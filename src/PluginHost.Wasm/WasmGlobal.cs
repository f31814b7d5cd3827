using System.Runtime.Intrinsics;

namespace PluginHost.Wasm;

/// <summary>A global variable that several instances, or the host, can share.</summary>
public sealed class WasmGlobal
{
    /// <summary>Bits of a number.</summary>
    internal long Bits;

    /// <summary>A vector.</summary>
    internal Vector128<byte> Vector;

    /// <summary>A reference.</summary>
    internal object? Reference;

    /// <summary>The store whose instances use it; set when the first links it.</summary>
    private Store? _owner;

    /// <summary>Creates a global.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="value">Its first value, of that type.</param>
    public WasmGlobal(GlobalType type, WasmValue value)
    {
        Type = type;
        Set(value);
    }

    /// <summary>Its type.</summary>
    public GlobalType Type { get; }

    /// <summary>Its value.</summary>
    /// <exception cref="InvalidOperationException">Set, although the global is immutable.</exception>
    public WasmValue Value
    {
        get => Type.Value switch
        {
            ValType.FuncRef => WasmValue.FromFunction((WasmFunction?)Reference),
            ValType.ExternRef => WasmValue.FromExternal(Reference),
            ValType.V128 => WasmValue.FromV128(Vector),
            var number => WasmValue.FromBits(number, Bits),
        };

        set
        {
            if (!Type.Mutable)
            {
                throw new InvalidOperationException("the global is immutable");
            }

            Set(value);
        }
    }

    /// <summary>Ties the global to a store: what it refers to must live there.</summary>
    internal bool TryOwn(Store store)
    {
        if (Type.Value == ValType.FuncRef && Reference is WasmFunction function && !ReferenceEquals(function.Target.Store, store))
        {
            return false;
        }

        _owner ??= store;
        return ReferenceEquals(_owner, store) || Type is { Mutable: false } && Type.Value != ValType.FuncRef;
    }

    private void Set(WasmValue value)
    {
        _owner?.CheckOwner(value);
        switch (Type.Value)
        {
            case var type when type != value.Type:
                throw new ArgumentException($"a value of type {type.Name()} is needed, not {value.Type.Name()}", nameof(value));
            case ValType.FuncRef:
                Reference = value.Function;
                break;
            case ValType.ExternRef:
                Reference = value.External;
                break;
            case ValType.V128:
                Vector = value.V128;
                break;
            default:
                Bits = value.Bits;
                break;
        }
    }
}
