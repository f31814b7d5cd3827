using System.Collections.Immutable;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>A guest was stopped. Its instance keeps the state of that moment.</summary>
public sealed class WasmTrapException : Exception
{
    private const int MaxFrames = 64;

    internal WasmTrapException(TrapKind kind)
        : base(Describe(kind)) => Kind = kind;

    /// <summary>Why it was stopped.</summary>
    public TrapKind Kind { get; }

    /// <summary>Guest functions on the stack, innermost first, at most 64.</summary>
    public ImmutableArray<WasmFrame> Stack => field.IsDefaultOrEmpty ? field = Traps.Frames(this, MaxFrames) : field;

    /// <inheritdoc/>
    public override string Message => Stack is [var innermost, ..] ? $"{base.Message} in {innermost}" : base.Message;

    /// <summary>The texts of the reference interpreter, where it has one.</summary>
    internal static string Describe(TrapKind kind) => kind switch
    {
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.UninitializedElement => "uninitialized element",
        TrapKind.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapKind.IntegerDivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversionToInteger => "invalid conversion to integer",
        TrapKind.CallStackExhausted => "call stack exhausted",
        TrapKind.CodeLimit => "the compiled code would be larger than allowed",
        TrapKind.HostStackExhausted => "call stack exhausted: the thread's stack is used up",
        TrapKind.OutOfFuel => "all fuel consumed",
        _ => "interrupted",
    };
}
