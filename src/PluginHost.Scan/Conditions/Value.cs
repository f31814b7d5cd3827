using System.Runtime.CompilerServices;

namespace PluginHost.Scan.Conditions;

/// <summary>
/// A value of a condition: a whole number, a number with a fraction, a text, true or false, or nothing, for what is not defined: that is neither true nor
/// false, and nothing follows from it.
/// </summary>
internal readonly struct Value
{
    private static readonly object Integers = new();
    private static readonly object Floats = new();
    private static readonly object Flags = new();

    // A text itself, one of the three, or null.
    private readonly object? _kind;
    private readonly long _bits;

    private Value(object kind, long bits) => (_kind, _bits) = (kind, bits);

    public bool IsDefined => _kind is not null;

    public bool IsInteger => ReferenceEquals(_kind, Integers);

    public bool IsFlag => ReferenceEquals(_kind, Flags);

    public bool IsNumber => IsInteger || ReferenceEquals(_kind, Floats);

    /// <summary>Of a whole number, and of true or false: 1 or 0.</summary>
    public long Integer => _bits;

    /// <summary>Of a number.</summary>
    public double Number => IsInteger ? _bits : BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The text; null for everything else.</summary>
    public string? Text => _kind as string;

    /// <summary>Whether it is something, and true, not zero or not empty.</summary>
    public bool IsTrue => _kind is not null && (ReferenceEquals(_kind, Floats) ? Number != 0 : _kind is string text ? text.Length > 0 : _bits != 0);

    /// <summary>As modules take it.</summary>
    public object? Boxed => _kind is null or string ? _kind : IsInteger ? _bits : IsFlag ? _bits != 0 : Number;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Of(long number) => new(Integers, number);

    public static Value Of(double number) => new(Floats, BitConverter.DoubleToInt64Bits(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Value Of(bool flag) => new(Flags, flag ? 1 : 0);

    public static Value Of(string text) => new(text, 0);

    /// <summary>Of a fact from outside, or of what a module gave.</summary>
    public static Value Of(object? boxed) => boxed switch
    {
        long number => Of(number),
        int number => Of((long)number),
        double number => Of(number),
        bool flag => Of(flag),
        string text => Of(text),
        _ => default,
    };
}
