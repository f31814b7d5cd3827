using System.Diagnostics;
using System.Runtime.Intrinsics;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Runtime;

/// <summary>Evaluates validated constant expressions.</summary>
internal sealed class ConstantEvaluator(WasmModule module, Instance instance)
{
    private readonly Instruction _instruction = new();
    private readonly Stack<WasmValue> _stack = new();

    public WasmValue Evaluate(ByteRange range) => IsPlain(range, out var value) ? WasmValue.FromI32(value) : Read(range);

    /// <summary>Nearly all expressions are one constant, and a module may have thousands.</summary>
    private bool IsPlain(ByteRange range, out int value)
    {
        value = 0;
        var reader = new WasmReader(module.Bytes.Span, range.Start, range.End);
        if (reader.Byte() != (byte)Opcode.I32Const)
        {
            return false;
        }

        value = reader.S32();
        return reader.Byte() == (byte)Opcode.End;
    }

    private WasmValue Read(ByteRange range)
    {
        var reader = new WasmReader(module.Bytes.Span, range.Start, range.End);
        while (true)
        {
            InstructionReader.Read(ref reader, _instruction, WasmLimits.Default);
            if (_instruction.Code == Opcode.End)
            {
                return _stack.Pop();
            }

            _stack.Push(Step());
        }
    }

    public object? Reference(ByteRange range) => Evaluate(range) switch
    {
        { Type: ValType.FuncRef } value => value.Function,
        var value => value.External,
    };

    private WasmValue Step() => _instruction.Code switch
    {
        Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const =>
            WasmValue.FromBits(_instruction.Info.Result, (long)_instruction.Bits),
        Opcode.V128Const => WasmValue.FromV128(Vector128.Create(_instruction.Bits, _instruction.High).AsByte()),
        Opcode.RefNull => WasmValue.Default(_instruction.Type),
        Opcode.RefFunc => WasmValue.FromFunction(instance.FunctionAt((int)_instruction.Index)),
        Opcode.GlobalGet => instance.Globals[(int)_instruction.Index]!.Value,
        _ => Arithmetic(_stack.Pop(), _stack.Pop()),
    };

    private WasmValue Arithmetic(WasmValue right, WasmValue left) => _instruction.Code switch
    {
        Opcode.I32Add => WasmValue.FromI32(left.I32 + right.I32),
        Opcode.I32Sub => WasmValue.FromI32(left.I32 - right.I32),
        Opcode.I32Mul => WasmValue.FromI32(left.I32 * right.I32),
        Opcode.I64Add => WasmValue.FromI64(left.I64 + right.I64),
        Opcode.I64Sub => WasmValue.FromI64(left.I64 - right.I64),
        Opcode.I64Mul => WasmValue.FromI64(left.I64 * right.I64),
        _ => throw new UnreachableException(),
    };
}
