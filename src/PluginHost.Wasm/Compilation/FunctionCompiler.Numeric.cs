using System.Numerics;
using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>Numeric instructions (spec 4.3).</content>
internal sealed partial class FunctionCompiler
{
    private void Numeric(OpcodeInfo info)
    {
        switch (info.Code)
        {
            case Opcode.I32DivS or Opcode.I32DivU or Opcode.I32RemS or Opcode.I32RemU:
            case Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU:
                Divide(info);
                return;
            case Opcode.I32TruncF32S or Opcode.I32TruncF64S:
                Truncate(nameof(Numerics.TruncI32S), ValType.I32);
                return;
            case Opcode.I32TruncF32U or Opcode.I32TruncF64U:
                Truncate(nameof(Numerics.TruncI32U), ValType.I32);
                return;
            case Opcode.I64TruncF32S or Opcode.I64TruncF64S:
                Truncate(nameof(Numerics.TruncI64S), ValType.I64);
                return;
            case Opcode.I64TruncF32U or Opcode.I64TruncF64U:
                Truncate(nameof(Numerics.TruncI64U), ValType.I64);
                return;
            case Opcode.F64PromoteF32:
                _promotes = true;
                break;
        }

        var second = info.Parameters.Length == 2 ? Pop() : null;
        var operation = new Expression { Kind = ExpressionKind.Operation, Type = info.Result, Operation = info, First = Pop(), Second = second };
        if (info.Code is Opcode.I32Eqz or Opcode.I64Eqz || Comparison(info.Code) is not null)
        {
            _rotations.Compare(operation);
        }

        Push(operation);
    }

    /// <summary>Promotion from f32 is exact, so one function serves both widths.</summary>
    private void Truncate(string helper, ValType result)
    {
        // The helper may trap.
        StoreFuel();
        _bounds.Observe();
        Emit(Pop());
        _cil.Emit(OpCodes.Conv_R8);
        _cil.Call(Helper(typeof(Numerics), helper));
        PushResult(result);
    }

    private void Divide(OpcodeInfo info)
    {
        _bounds.Observe();
        var divisor = Materialized(Pop());
        var dividend = Materialized(Pop());
        var signed = info.Code is Opcode.I32DivS or Opcode.I32RemS or Opcode.I64DivS or Opcode.I64RemS;
        var remainder = info.Code is Opcode.I32RemS or Opcode.I64RemS;
        var constant = divisor.Kind == ExpressionKind.Constant;
        var value = info.Result == ValType.I32 ? (int)divisor.Bits : (long)divisor.Bits;
        if (!constant || value == 0)
        {
            _rotations.Test(divisor);
            EmitStable(divisor);
            _cil.Branch(OpCodes.Brfalse, Trap(TrapKind.IntegerDivideByZero));
        }

        if (signed && (!constant || value == -1))
        {
            DivideByMinusOne(info, dividend, divisor, remainder);
            return;
        }

        Push(new Expression { Kind = ExpressionKind.Operation, Type = info.Result, Operation = info, First = dividend, Second = divisor });
    }

    /// <summary>The smallest number divided by -1 does not fit: a quotient traps, a remainder is 0 (the CLR throws for both).</summary>
    private void DivideByMinusOne(OpcodeInfo info, Expression dividend, Expression divisor, bool remainder)
    {
        var plain = _cil.DefineLabel();
        EmitStable(divisor);
        Constant(info.Result, -1);
        _cil.Branch(OpCodes.Bne_Un, plain);
        if (!remainder)
        {
            EmitStable(dividend);
            Constant(info.Result, info.Result == ValType.I32 ? int.MinValue : long.MinValue);
            _cil.Branch(OpCodes.Beq, Trap(TrapKind.IntegerOverflow));
            _cil.Mark(plain);
            Push(new Expression { Kind = ExpressionKind.Operation, Type = info.Result, Operation = info, First = dividend, Second = divisor });
            return;
        }

        var result = TakeTemporary(info.Result);
        var done = _cil.DefineLabel();
        Constant(info.Result, 0);
        _cil.StoreLocal(result);
        _cil.Branch(OpCodes.Br, done);
        _cil.Mark(plain);
        Emit(dividend);
        Emit(divisor);
        _cil.Emit(OpCodes.Rem);
        _cil.StoreLocal(result);
        _cil.Mark(done);
        PushTemporary(result, info.Result);
    }

    private void Constant(ValType type, long value)
    {
        if (type == ValType.I32)
        {
            _cil.Int((int)value);
        }
        else
        {
            _cil.Long(value);
        }
    }

    /// <summary>Emits an expression that may be emitted again: a constant, null, or a temporary that is kept.</summary>
    private void EmitStable(Expression e)
    {
        if (e.Kind == ExpressionKind.Temporary)
        {
            _cil.LoadLocal(e.Index);
        }
        else
        {
            Emit(e);
        }
    }

    private void Emit(Expression e)
    {
        switch (e.Kind)
        {
            case ExpressionKind.Constant:
                EmitConstant(e);
                break;
            case ExpressionKind.Null:
                _cil.Emit(OpCodes.Ldnull);
                break;
            case ExpressionKind.Local:
                LoadWasmLocal(e.Index);
                break;
            case ExpressionKind.Temporary:
                _cil.LoadLocal(e.Index);
                _temporaries.Return(e.Index);
                break;
            case ExpressionKind.Global:
                LoadGlobal(e);
                break;
            case ExpressionKind.Load:
                EmitLoad(e);
                break;
            case ExpressionKind.MemorySize:
                LoadLength(e.Index);
                _cil.Int(16);
                _cil.Emit(OpCodes.Shr_Un);
                _cil.Emit(OpCodes.Conv_I4);
                break;
            default:
                EmitOperation(e);
                break;
        }
    }

    private void EmitConstant(Expression e)
    {
        switch (e.Type)
        {
            case ValType.I32:
                _cil.Int((int)e.Bits);
                break;
            case ValType.I64:
                _cil.Long((long)e.Bits);
                break;
            case ValType.V128:
                EmitVector(e.Bits, e.High);
                break;
            case ValType.F32 when float.IsNaN(BitConverter.UInt32BitsToSingle((uint)e.Bits)):
                _cil.Int((int)e.Bits);
                Call(typeof(Numerics), nameof(Numerics.NaN), typeof(int));
                break;
            case ValType.F32:
                _cil.Float(BitConverter.UInt32BitsToSingle((uint)e.Bits));
                break;
            case ValType.F64 when double.IsNaN(BitConverter.UInt64BitsToDouble(e.Bits)):
                _cil.Long((long)e.Bits);
                _cil.Call(Bits.ToDouble);
                break;
            default:
                _cil.Double(BitConverter.UInt64BitsToDouble(e.Bits));
                break;
        }
    }

    private void EmitOperation(Expression e)
    {
        var code = e.Operation!.Code;
        if (code is Opcode.F32Add or Opcode.F32Sub or Opcode.F32Mul or Opcode.F32Div or Opcode.F64Add or Opcode.F64Sub or Opcode.F64Mul or Opcode.F64Div)
        {
            EmitFloatOperand(e.First!);
            EmitFloatOperand(e.Second!);
        }
        else
        {
            Emit(e.First!);
            if (e.Second is { } second)
            {
                EmitSecond(code, second);
            }
        }

        EmitOperator(code);
    }

    /// <summary>
    /// The JIT drops arithmetic with 0 and 1 that leaves a number as it is, and with it the quieting of a signalling NaN;
    /// such constants are therefore read from fields, of which it knows nothing.
    /// </summary>
    private void EmitFloatOperand(Expression operand)
    {
        if (operand.Kind == ExpressionKind.Constant && NeutralField(operand) is { } field)
        {
            _cil.LoadLocal(_store);
            _cil.Field(OpCodes.Ldfld, Members.Field<Store>(field));
            return;
        }

        Emit(operand);
    }

    private static string? NeutralField(Expression constant) => (constant.Type, constant.Bits) switch
    {
        (ValType.F32, 0) => nameof(Store.F32Zero),
        (ValType.F32, 0x8000_0000) => nameof(Store.F32NegativeZero),
        (ValType.F32, 0x3F80_0000) => nameof(Store.F32One),
        (ValType.F32, 0xBF80_0000) => nameof(Store.F32NegativeOne),
        (ValType.F64, 0) => nameof(Store.F64Zero),
        (ValType.F64, 0x8000_0000_0000_0000) => nameof(Store.F64NegativeZero),
        (ValType.F64, 0x3FF0_0000_0000_0000) => nameof(Store.F64One),
        (ValType.F64, 0xBFF0_0000_0000_0000) => nameof(Store.F64NegativeOne),
        _ => null,
    };

    /// <summary>Shift counts are taken modulo the width, and are of type int in the CLR.</summary>
    private void EmitSecond(Opcode code, Expression second)
    {
        var mask = code switch
        {
            Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU or Opcode.I32Rotl or Opcode.I32Rotr => 31,
            Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU or Opcode.I64Rotl or Opcode.I64Rotr => 63,
            _ => 0,
        };
        if (mask == 0)
        {
            Emit(second);
        }
        else if (second.Kind == ExpressionKind.Constant)
        {
            _cil.Int((int)(second.Bits & (ulong)mask));
        }
        else
        {
            Emit(second);
            if (mask == 63)
            {
                _cil.Emit(OpCodes.Conv_I4);
            }

            _cil.Int(mask);
            _cil.Emit(OpCodes.And);
        }
    }

    private void EmitOperator(Opcode code)
    {
        switch (code)
        {
            case Opcode.RefIsNull: Ops(OpCodes.Ldnull, OpCodes.Ceq); break;
            case Opcode.I32Eqz: Not(); break;
            case Opcode.I64Eqz: _cil.Emit(OpCodes.Ldc_I4_0); Ops(OpCodes.Conv_I8, OpCodes.Ceq); break;
            case Opcode.I32Eq or Opcode.I64Eq or Opcode.F32Eq or Opcode.F64Eq: Ops(OpCodes.Ceq); break;
            case Opcode.I32Ne or Opcode.I64Ne or Opcode.F32Ne or Opcode.F64Ne: Ops(OpCodes.Ceq); Not(); break;
            case Opcode.I32LtS or Opcode.I64LtS or Opcode.F32Lt or Opcode.F64Lt: Ops(OpCodes.Clt); break;
            case Opcode.I32GtS or Opcode.I64GtS or Opcode.F32Gt or Opcode.F64Gt: Ops(OpCodes.Cgt); break;
            case Opcode.I32LtU or Opcode.I64LtU: Ops(OpCodes.Clt_Un); break;
            case Opcode.I32GtU or Opcode.I64GtU: Ops(OpCodes.Cgt_Un); break;
            case Opcode.I32LeS or Opcode.I64LeS: Ops(OpCodes.Cgt); Not(); break;
            case Opcode.I32GeS or Opcode.I64GeS: Ops(OpCodes.Clt); Not(); break;

            // For floats the unordered comparison is the one whose negation fails with a NaN.
            case Opcode.I32LeU or Opcode.I64LeU or Opcode.F32Le or Opcode.F64Le: Ops(OpCodes.Cgt_Un); Not(); break;
            case Opcode.I32GeU or Opcode.I64GeU or Opcode.F32Ge or Opcode.F64Ge: Ops(OpCodes.Clt_Un); Not(); break;
            case Opcode.I32Clz: Call(typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), typeof(uint)); break;
            case Opcode.I32Ctz: Call(typeof(Numerics), nameof(Numerics.TrailingZeros), typeof(uint)); break;
            case Opcode.I32Popcnt: Call(typeof(BitOperations), nameof(BitOperations.PopCount), typeof(uint)); break;
            case Opcode.I64Clz: Call(typeof(BitOperations), nameof(BitOperations.LeadingZeroCount), typeof(ulong)); Ops(OpCodes.Conv_I8); break;
            case Opcode.I64Ctz: Call(typeof(Numerics), nameof(Numerics.TrailingZeros), typeof(ulong)); Ops(OpCodes.Conv_I8); break;
            case Opcode.I64Popcnt: Call(typeof(BitOperations), nameof(BitOperations.PopCount), typeof(ulong)); Ops(OpCodes.Conv_I8); break;
            case Opcode.I32Add or Opcode.I64Add or Opcode.F32Add or Opcode.F64Add: Ops(OpCodes.Add); break;
            case Opcode.I32Sub or Opcode.I64Sub or Opcode.F32Sub or Opcode.F64Sub: Ops(OpCodes.Sub); break;
            case Opcode.I32Mul or Opcode.I64Mul or Opcode.F32Mul or Opcode.F64Mul: Ops(OpCodes.Mul); break;
            case Opcode.I32DivS or Opcode.I64DivS or Opcode.F32Div or Opcode.F64Div: Ops(OpCodes.Div); break;
            case Opcode.I32DivU or Opcode.I64DivU: Ops(OpCodes.Div_Un); break;
            case Opcode.I32RemS or Opcode.I64RemS: Ops(OpCodes.Rem); break;
            case Opcode.I32RemU or Opcode.I64RemU: Ops(OpCodes.Rem_Un); break;
            case Opcode.I32And or Opcode.I64And: Ops(OpCodes.And); break;
            case Opcode.I32Or or Opcode.I64Or: Ops(OpCodes.Or); break;
            case Opcode.I32Xor or Opcode.I64Xor: Ops(OpCodes.Xor); break;
            case Opcode.I32Shl or Opcode.I64Shl: Ops(OpCodes.Shl); break;
            case Opcode.I32ShrS or Opcode.I64ShrS: Ops(OpCodes.Shr); break;
            case Opcode.I32ShrU or Opcode.I64ShrU: Ops(OpCodes.Shr_Un); break;
            case Opcode.I32Rotl: Rotate(nameof(BitOperations.RotateLeft), typeof(uint)); break;
            case Opcode.I32Rotr: Rotate(nameof(BitOperations.RotateRight), typeof(uint)); break;
            case Opcode.I64Rotl: Rotate(nameof(BitOperations.RotateLeft), typeof(ulong)); break;
            case Opcode.I64Rotr: Rotate(nameof(BitOperations.RotateRight), typeof(ulong)); break;
            case Opcode.I32WrapI64: Ops(OpCodes.Conv_I4); break;
            case Opcode.I64ExtendI32S: Ops(OpCodes.Conv_I8); break;
            case Opcode.I64ExtendI32U: Ops(OpCodes.Conv_U8); break;
            case Opcode.I32Extend8S: Ops(OpCodes.Conv_I1); break;
            case Opcode.I32Extend16S: Ops(OpCodes.Conv_I2); break;
            case Opcode.I64Extend8S: Ops(OpCodes.Conv_I1, OpCodes.Conv_I8); break;
            case Opcode.I64Extend16S: Ops(OpCodes.Conv_I2, OpCodes.Conv_I8); break;
            case Opcode.I64Extend32S: Ops(OpCodes.Conv_I4, OpCodes.Conv_I8); break;
            default: EmitFloatOperator(code); break;
        }
    }

    private void EmitFloatOperator(Opcode code)
    {
        switch (code)
        {
            case Opcode.F32Abs: Call(typeof(MathF), nameof(MathF.Abs), typeof(float)); break;
            case Opcode.F64Abs: Call(typeof(Math), nameof(Math.Abs), typeof(double)); break;
            case Opcode.F32Neg or Opcode.F64Neg: Ops(OpCodes.Neg); break;
            case Opcode.F32Ceil: Call(typeof(MathF), nameof(MathF.Ceiling), typeof(float)); break;
            case Opcode.F64Ceil: Call(typeof(Math), nameof(Math.Ceiling), typeof(double)); break;
            case Opcode.F32Floor: Call(typeof(MathF), nameof(MathF.Floor), typeof(float)); break;
            case Opcode.F64Floor: Call(typeof(Math), nameof(Math.Floor), typeof(double)); break;
            case Opcode.F32Trunc: Call(typeof(MathF), nameof(MathF.Truncate), typeof(float)); break;
            case Opcode.F64Trunc: Call(typeof(Math), nameof(Math.Truncate), typeof(double)); break;
            case Opcode.F32Nearest: Call(typeof(MathF), nameof(MathF.Round), typeof(float)); break;
            case Opcode.F64Nearest: Call(typeof(Math), nameof(Math.Round), typeof(double)); break;
            case Opcode.F32Sqrt: Call(typeof(MathF), nameof(MathF.Sqrt), typeof(float)); break;
            case Opcode.F64Sqrt: Call(typeof(Math), nameof(Math.Sqrt), typeof(double)); break;
            case Opcode.F32Min: Call(typeof(Numerics), nameof(Numerics.Min), typeof(float), typeof(float)); break;
            case Opcode.F64Min: Call(typeof(Numerics), nameof(Numerics.Min), typeof(double), typeof(double)); break;
            case Opcode.F32Max: Call(typeof(Numerics), nameof(Numerics.Max), typeof(float), typeof(float)); break;
            case Opcode.F64Max: Call(typeof(Numerics), nameof(Numerics.Max), typeof(double), typeof(double)); break;
            case Opcode.F32Copysign: Call(typeof(MathF), nameof(MathF.CopySign), typeof(float), typeof(float)); break;
            case Opcode.F64Copysign: Call(typeof(Math), nameof(Math.CopySign), typeof(double), typeof(double)); break;
            case Opcode.F32ConvertI32S or Opcode.F32ConvertI64S: Ops(OpCodes.Conv_R4); break;
            case Opcode.F32ConvertI32U or Opcode.F32ConvertI64U: Ops(OpCodes.Conv_R_Un, OpCodes.Conv_R4); break;
            case Opcode.F64ConvertI32S or Opcode.F64ConvertI64S or Opcode.F64PromoteF32: Ops(OpCodes.Conv_R8); break;
            case Opcode.F64ConvertI32U or Opcode.F64ConvertI64U: Ops(OpCodes.Conv_R_Un, OpCodes.Conv_R8); break;
            case Opcode.F32DemoteF64 when _promotes: Call(typeof(Numerics), nameof(Numerics.Demote), typeof(double)); break;
            case Opcode.F32DemoteF64: Ops(OpCodes.Conv_R4); break;
            case Opcode.I32ReinterpretF32: _cil.Call(Bits.FromSingle); break;
            case Opcode.I64ReinterpretF64: _cil.Call(Bits.FromDouble); break;
            case Opcode.F32ReinterpretI32: _cil.Call(Bits.ToSingle); break;
            case Opcode.F64ReinterpretI64: _cil.Call(Bits.ToDouble); break;

            // The CLR's conversions saturate and turn a NaN into 0 since .NET 9.
            case Opcode.I32TruncSatF32S or Opcode.I32TruncSatF64S: Ops(OpCodes.Conv_I4); break;
            case Opcode.I32TruncSatF32U or Opcode.I32TruncSatF64U: Ops(OpCodes.Conv_U4); break;
            case Opcode.I64TruncSatF32S or Opcode.I64TruncSatF64S: Ops(OpCodes.Conv_I8); break;
            case Opcode.I64TruncSatF32U or Opcode.I64TruncSatF64U: Ops(OpCodes.Conv_U8); break;
            default: throw new ArgumentOutOfRangeException(nameof(code), code, "not a numeric instruction");
        }
    }

    private void Rotate(string method, Type type)
    {
        Call(typeof(BitOperations), method, type, typeof(int));
        _cil.HideRotation(wide: type == typeof(ulong));
    }

    private void Not() => Ops(OpCodes.Ldc_I4_0, OpCodes.Ceq);

    private void Ops(params ReadOnlySpan<OpCode> codes)
    {
        foreach (var code in codes)
        {
            _cil.Emit(code);
        }
    }

    private void Call(Type type, string name, params Type[] parameters) => _cil.Call(Helper(type, name, parameters));
}
