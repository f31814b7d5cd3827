using System.Reflection.Emit;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <content>Comparisons fused with the branch that they decide.</content>
internal sealed partial class FunctionCompiler
{
    private void BranchIf(Expression condition, int label, bool whenTrue)
    {
        _rotations.Test(condition);
        switch (condition)
        {
            case { Kind: ExpressionKind.Operation, Operation.Code: Opcode.I32Eqz or Opcode.I64Eqz }:
                BranchIfZero(condition.First!, label, whenTrue);
                return;
            case { Kind: ExpressionKind.Operation } when Comparison(condition.Operation!.Code) is { } codes:
                Emit(condition.First!);
                Emit(condition.Second!);
                _cil.Branch(whenTrue ? codes.Holds : codes.Fails, label);
                return;
            default:
                Emit(condition);
                _cil.Branch(whenTrue ? OpCodes.Brtrue : OpCodes.Brfalse, label);
                return;
        }
    }

    private void BranchIfZero(Expression value, int label, bool whenTrue)
    {
        if (value.Type == ValType.I32)
        {
            BranchIf(value, label, !whenTrue);
            return;
        }

        Emit(value);
        _cil.Branch(whenTrue ? OpCodes.Brfalse : OpCodes.Brtrue, label);
    }

    /// <summary>The branches for a comparison that holds and for one that fails. With a NaN every float comparison but ne fails.</summary>
    private static (OpCode Holds, OpCode Fails)? Comparison(Opcode code) => code switch
    {
        Opcode.I32Eq or Opcode.I64Eq => (OpCodes.Beq, OpCodes.Bne_Un),
        Opcode.I32Ne or Opcode.I64Ne => (OpCodes.Bne_Un, OpCodes.Beq),
        Opcode.I32LtS or Opcode.I64LtS => (OpCodes.Blt, OpCodes.Bge),
        Opcode.I32LtU or Opcode.I64LtU => (OpCodes.Blt_Un, OpCodes.Bge_Un),
        Opcode.I32GtS or Opcode.I64GtS => (OpCodes.Bgt, OpCodes.Ble),
        Opcode.I32GtU or Opcode.I64GtU => (OpCodes.Bgt_Un, OpCodes.Ble_Un),
        Opcode.I32LeS or Opcode.I64LeS => (OpCodes.Ble, OpCodes.Bgt),
        Opcode.I32LeU or Opcode.I64LeU => (OpCodes.Ble_Un, OpCodes.Bgt_Un),
        Opcode.I32GeS or Opcode.I64GeS => (OpCodes.Bge, OpCodes.Blt),
        Opcode.I32GeU or Opcode.I64GeU => (OpCodes.Bge_Un, OpCodes.Blt_Un),
        Opcode.F32Eq or Opcode.F64Eq => (OpCodes.Beq, OpCodes.Bne_Un),
        Opcode.F32Ne or Opcode.F64Ne => (OpCodes.Bne_Un, OpCodes.Beq),
        Opcode.F32Lt or Opcode.F64Lt => (OpCodes.Blt, OpCodes.Bge_Un),
        Opcode.F32Gt or Opcode.F64Gt => (OpCodes.Bgt, OpCodes.Ble_Un),
        Opcode.F32Le or Opcode.F64Le => (OpCodes.Ble, OpCodes.Bgt_Un),
        Opcode.F32Ge or Opcode.F64Ge => (OpCodes.Bge, OpCodes.Blt_Un),
        _ => null,
    };
}
