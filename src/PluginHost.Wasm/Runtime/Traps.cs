using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace PluginHost.Wasm.Runtime;

/// <summary>Throws traps for compiled code. Bodies that only throw let the JIT move the calls out of the way.</summary>
internal static class Traps
{
    [DoesNotReturn]
    public static void Unreachable() => throw new WasmTrapException(TrapKind.Unreachable);

    [DoesNotReturn]
    public static void MemoryOutOfBounds() => throw new WasmTrapException(TrapKind.MemoryOutOfBounds);

    [DoesNotReturn]
    public static void TableOutOfBounds() => throw new WasmTrapException(TrapKind.TableOutOfBounds);

    [DoesNotReturn]
    public static void UndefinedElement() => throw new WasmTrapException(TrapKind.UndefinedElement);

    [DoesNotReturn]
    public static void UninitializedElement() => throw new WasmTrapException(TrapKind.UninitializedElement);

    [DoesNotReturn]
    public static void IndirectCallTypeMismatch() => throw new WasmTrapException(TrapKind.IndirectCallTypeMismatch);

    [DoesNotReturn]
    public static void IntegerDivideByZero() => throw new WasmTrapException(TrapKind.IntegerDivideByZero);

    [DoesNotReturn]
    public static void IntegerOverflow() => throw new WasmTrapException(TrapKind.IntegerOverflow);

    [DoesNotReturn]
    public static void CallStackExhausted() => throw new WasmTrapException(TrapKind.CallStackExhausted);

    [DoesNotReturn]
    public static void HostStackExhausted() => throw new WasmTrapException(TrapKind.HostStackExhausted);

    [DoesNotReturn]
    public static void OutOfFuelOrInterrupted(Store store)
    {
        if (store.IsInterrupted)
        {
            store.Die();
            throw new WasmTrapException(TrapKind.Interrupted);
        }

        throw new WasmTrapException(TrapKind.OutOfFuel);
    }

    [DoesNotReturn]
    public static void Conversion(bool isNaN) =>
        throw new WasmTrapException(isNaN ? TrapKind.InvalidConversionToInteger : TrapKind.IntegerOverflow);

    /// <summary>Reads the guest's frames off the exception: compiled functions are methods named f and their index.</summary>
    public static ImmutableArray<WasmFrame> Frames(WasmTrapException trap, int max) =>
    [
        .. new StackTrace(trap, fNeedFileInfo: false).GetFrames()
            .Select(frame => frame.GetMethod() is { } method ? CompiledModule.FrameOf(method) : null)
            .OfType<WasmFrame>()
            .Take(max),
    ];
}
