using System.Runtime.Intrinsics;

namespace PluginHost.Wasm;

/// <summary>A value of any type that crosses the border between host and guest.</summary>
public readonly struct WasmValue : IEquatable<WasmValue>
{
    private readonly object? _reference;

    private WasmValue(ValType type, long bits, object? reference, long high = 0)
    {
        Type = type;
        Bits = bits;
        High = high;
        _reference = reference;
    }

    /// <summary>Its type; <see cref="ValType.None"/> for <c>default</c>.</summary>
    public ValType Type { get; }

    /// <summary>The bit pattern of a number, in the low bits; the low half of a vector.</summary>
    internal long Bits { get; }

    /// <summary>The high half of a vector.</summary>
    internal long High { get; }

    /// <summary>The value as an i32.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public int I32 => (int)Of(ValType.I32);

    /// <summary>The value as an i64.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public long I64 => Of(ValType.I64);

    /// <summary>The value as an f32.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public float F32 => BitConverter.Int32BitsToSingle((int)Of(ValType.F32));

    /// <summary>The value as an f64.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public double F64 => BitConverter.Int64BitsToDouble(Of(ValType.F64));

    /// <summary>The value as a v128, lane 0 first.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public Vector128<byte> V128 => Vector128.Create(Of(ValType.V128), High).AsByte();

    /// <summary>The function referred to, or null.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public WasmFunction? Function => Type == ValType.FuncRef ? (WasmFunction?)_reference : throw Mismatch(ValType.FuncRef);

    /// <summary>The host's object referred to, or null.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public object? External => Type == ValType.ExternRef ? _reference : throw Mismatch(ValType.ExternRef);

    /// <summary>An i32.</summary>
    public static WasmValue FromI32(int value) => new(ValType.I32, value, null);

    /// <summary>An i64.</summary>
    public static WasmValue FromI64(long value) => new(ValType.I64, value, null);

    /// <summary>An f32.</summary>
    public static WasmValue FromF32(float value) => new(ValType.F32, BitConverter.SingleToInt32Bits(value), null);

    /// <summary>An f64.</summary>
    public static WasmValue FromF64(double value) => new(ValType.F64, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>A v128, lane 0 first.</summary>
    public static WasmValue FromV128(Vector128<byte> value) => new(ValType.V128, value.AsInt64()[0], null, value.AsInt64()[1]);

    /// <summary>A reference to a function, or null.</summary>
    public static WasmValue FromFunction(WasmFunction? function) => new(ValType.FuncRef, 0, function);

    /// <summary>A reference to an object of the host, or null.</summary>
    public static WasmValue FromExternal(object? value) => new(ValType.ExternRef, 0, value);

    /// <summary>Equality of values.</summary>
    public static bool operator ==(WasmValue left, WasmValue right) => left.Equals(right);

    /// <summary>Inequality of values.</summary>
    public static bool operator !=(WasmValue left, WasmValue right) => !left.Equals(right);

    /// <summary>Whether both are of one type and have the same bits or refer to the same thing.</summary>
    public bool Equals(WasmValue other) =>
        Type == other.Type && Bits == other.Bits && High == other.High && (Type == ValType.ExternRef ? Equals(_reference, other._reference) : ReferenceEquals(_reference, other._reference));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WasmValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Bits, High, _reference);

    /// <summary>The value for people, for instance <c>i32 42</c>.</summary>
    public override string ToString() => Type switch
    {
        ValType.I32 => FormattableString.Invariant($"i32 {I32}"),
        ValType.I64 => FormattableString.Invariant($"i64 {I64}"),
        ValType.F32 => FormattableString.Invariant($"f32 {F32:R} (0x{(uint)Bits:x8})"),
        ValType.F64 => FormattableString.Invariant($"f64 {F64:R} (0x{Bits:x16})"),
        ValType.V128 => FormattableString.Invariant($"v128 0x{High:x16}{Bits:x16}"),
        ValType.None => "nothing",
        _ => $"{Type.Name()} {_reference ?? "null"}",
    };

    /// <summary>Zero or null of a type.</summary>
    internal static WasmValue Default(ValType type) => new(type, 0, null);

    internal static WasmValue FromBits(ValType type, long bits) => new(type, type is ValType.I32 or ValType.F32 ? (int)bits : bits, null);

    private long Of(ValType type) => Type == type ? Bits : throw Mismatch(type);

    private InvalidCastException Mismatch(ValType wanted) => new($"the value is of type {Type.Name()}, not {wanted.Name()}");
}
