using System.Reflection.Emit;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <content>
/// The instruction select (spec 4.4.4.2). Compilers choose it where a branch would be mispredicted, and the JIT makes no conditional
/// moves in loops, so integers are chosen by a mask.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void Select(Instruction instruction)
    {
        var condition = Pop();
        var second = Pop();
        var first = Pop();
        if (instruction.Type is ValType.I32 or ValType.I64)
        {
            SelectByMask(instruction.Type, condition, first, second);
        }
        else
        {
            SelectByBranch(instruction.Type, condition, first, second);
        }
    }

    private void SelectByBranch(ValType type, Expression condition, Expression first, Expression second)
    {
        if (first.Kind != ExpressionKind.Local)
        {
            first = Materialized(first);
        }

        var result = TakeTemporary(type);
        var skip = _cil.DefineLabel();
        Emit(second);
        _cil.StoreLocal(result);
        BranchIf(condition, skip, whenTrue: false);
        Emit(first);
        _cil.StoreLocal(result);
        _cil.Mark(skip);
        PushTemporary(result, type);
    }

    /// <summary>One operand is changed into the other by the bits in which they differ, masked.</summary>
    private void SelectByMask(ValType type, Expression condition, Expression first, Expression second)
    {
        if (Step(first, second) is { } step)
        {
            SelectStep(type, condition, second, step, whenTrue: true);
            return;
        }

        if (Step(second, first) is { } other)
        {
            SelectStep(type, condition, first, other, whenTrue: false);
            return;
        }

        first = Materialized(first);
        second = Materialized(second);
        var (plain, masked) = EmitMask(condition) ? (second, first) : (first, second);
        if (type == ValType.I32)
        {
            _cil.Emit(OpCodes.Conv_I4);
        }

        EmitStable(plain);
        Emit(masked);
        Ops(OpCodes.Xor, OpCodes.And);
        Emit(plain);
        _cil.Emit(OpCodes.Xor);

        PushResult(type);
    }

    /// <summary>The constant by which an operand goes beyond another that is a local; null where it is not of that kind.</summary>
    private static Expression? Step(Expression value, Expression from) =>
        value is { Kind: ExpressionKind.Operation, Operation.Code: Opcode.I32Add or Opcode.I64Add, First: { Kind: ExpressionKind.Local } local, Second: { Kind: ExpressionKind.Constant } step }
        && from.Kind == ExpressionKind.Local && from.Index == local.Index ? step : null;

    private void SelectStep(ValType type, Expression condition, Expression from, Expression step, bool whenTrue)
    {
        if (EmitMask(condition) != whenTrue)
        {
            _cil.Emit(OpCodes.Not);
        }

        if (type == ValType.I32)
        {
            _cil.Emit(OpCodes.Conv_I4);
        }

        Emit(step);
        _cil.Emit(OpCodes.And);
        Emit(from);
        _cil.Emit(OpCodes.Add);
        PushResult(type);
    }

    /// <summary>Puts 64 bits on the stack, all ones or all zeros.</summary>
    /// <returns>Whether ones mean that the condition holds.</returns>
    private bool EmitMask(Expression condition)
    {
        switch (condition.Kind == ExpressionKind.Operation ? condition.Operation!.Code : Opcode.Nop)
        {
            // The difference of two numbers of 32 bits fits 64, so its sign is the order of the numbers.
            case Opcode.I32LtS: EmitSign(condition.First!, condition.Second!, OpCodes.Conv_I8); return true;
            case Opcode.I32LtU: EmitSign(condition.First!, condition.Second!, OpCodes.Conv_U8); return true;
            case Opcode.I32GtS: EmitSign(condition.Second!, condition.First!, OpCodes.Conv_I8); return true;
            case Opcode.I32GtU: EmitSign(condition.Second!, condition.First!, OpCodes.Conv_U8); return true;
            case Opcode.I32GeS: EmitSign(condition.First!, condition.Second!, OpCodes.Conv_I8); return false;
            case Opcode.I32GeU: EmitSign(condition.First!, condition.Second!, OpCodes.Conv_U8); return false;
            case Opcode.I32LeS: EmitSign(condition.Second!, condition.First!, OpCodes.Conv_I8); return false;
            case Opcode.I32LeU: EmitSign(condition.Second!, condition.First!, OpCodes.Conv_U8); return false;
            case Opcode.I32Eqz: EmitIsZero(condition.First!); return true;
            case Opcode.I32Eq: EmitIsZero(condition.First!, condition.Second); return true;
            case Opcode.I32Ne: EmitIsZero(condition.First!, condition.Second); return false;
            default:
                if (IsBit(condition))
                {
                    Emit(condition);
                    Ops(OpCodes.Conv_I8, OpCodes.Neg);
                    return true;
                }

                EmitIsZero(condition);
                return false;
        }
    }

    /// <summary>Whether a condition is 0 or 1.</summary>
    private static bool IsBit(Expression condition) =>
        condition is { Kind: ExpressionKind.Operation, Operation.Code: Opcode.I32And, Second: { Kind: ExpressionKind.Constant, Bits: 1 } }
        || (condition.Kind == ExpressionKind.Operation && Comparison(condition.Operation!.Code) is not null);

    private void EmitSign(Expression left, Expression right, OpCode widen)
    {
        Emit(left);
        _cil.Emit(widen);
        Emit(right);
        Ops(widen, OpCodes.Sub);
        SpreadSign();
    }

    private void EmitIsZero(Expression value, Expression? other = null)
    {
        Emit(value);
        if (other is not null)
        {
            Emit(other);
            _cil.Emit(OpCodes.Xor);
        }

        _cil.Emit(OpCodes.Conv_U8);
        _cil.Long(1);
        _cil.Emit(OpCodes.Sub);
        SpreadSign();
    }

    private void SpreadSign()
    {
        _cil.Int(63);
        _cil.Emit(OpCodes.Shr);
    }
}
