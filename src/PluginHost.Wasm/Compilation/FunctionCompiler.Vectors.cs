using System.Runtime.Intrinsics;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>
/// Vector instructions (spec 4.3.3): each is a small function of <see cref="Vectors"/> that the JIT inlines. Operands are
/// evaluated where the instruction stands; the result waits in a temporary.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void Vector(Instruction i)
    {
        switch (i.Info.Shape)
        {
            case OpcodeShape.Memory or OpcodeShape.MemoryLane:
                VectorAccess(i);
                break;
            case OpcodeShape.Lane:
                VectorCall(i, () => _cil.Int((int)i.Second));
                break;
            case OpcodeShape.Shuffle:
                Shuffle(i);
                break;
            default:
                VectorCall(i, static () => { });
                break;
        }
    }

    private void VectorCall(Instruction i, Action immediates)
    {
        foreach (var operand in Pop(i.Info.Parameters.Length))
        {
            EmitFloatOperand(operand);
        }

        immediates();
        _cil.Call(Members.Vector(i.Info.Name));
        PushResult(i.Info.Result);
    }

    private void Shuffle(Instruction i)
    {
        var pattern = ShufflePattern.Of(Vector128.Create(i.Bits, i.High).AsByte());
        var operands = Pop(2);
        Emit(operands[pattern.Swapped ? 1 : 0]);
        Emit(operands[pattern.Swapped ? 0 : 1]);
        foreach (var lanes in pattern.Lanes)
        {
            // The JIT has to see that they are constants.
            EmitBits(lanes.AsInt64());
        }

        if (pattern.Number is { } number)
        {
            _cil.Int(number);
        }

        _cil.Call(Members.Method(typeof(Vectors), pattern.Method));
        PushResult(ValType.V128);
    }

    private void VectorAccess(Instruction i)
    {
        var value = i.Info.Parameters.Length == 2 ? Materialized(Pop()) : null;
        var (index, offset) = CheckedAddress(Pop(), i);
        if (i.Info.Result == ValType.None)
        {
            FlushReads(Reads.Memory);
        }

        LoadAddress((int)i.Memory, index, offset);
        if (value is not null)
        {
            Emit(value);
        }

        if (i.Info.Shape == OpcodeShape.MemoryLane)
        {
            _cil.Int((int)i.Second);
        }

        _cil.Call(Members.Vector(i.Info.Name));
        PushResult(i.Info.Result);
    }

    /// <summary>
    /// Lanes that are all neutral to some arithmetic come from fields, as neutral numbers do (<see cref="EmitFloatOperand"/>): the
    /// JIT would drop the instruction and with it the quieting of a signalling NaN.
    /// </summary>
    private void EmitVector(ulong low, ulong high)
    {
        var wide = new Expression { Kind = ExpressionKind.Constant, Type = ValType.F64, Bits = low };
        var narrow = new Expression { Kind = ExpressionKind.Constant, Type = ValType.F32, Bits = (uint)low };
        if (low == high && low >> 32 == (uint)low && NeutralField(narrow) is not null)
        {
            EmitFloatOperand(narrow);
            _cil.Call(Members.Vector("f32x4.splat"));
            return;
        }

        if (low == high && NeutralField(wide) is not null)
        {
            EmitFloatOperand(wide);
            _cil.Call(Members.Vector("f64x2.splat"));
            return;
        }

        EmitBits(Vector128.Create((long)low, (long)high));
    }

    private void EmitBits(Vector128<long> bits)
    {
        _cil.Long(bits[0]);
        _cil.Long(bits[1]);
        _cil.Call(Members.Method(typeof(Vectors), nameof(Vectors.Constant)));
    }
}
