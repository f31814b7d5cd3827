using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <summary>
/// Validates constant expressions (spec 3.3.10) with the additions of the extended-const proposal: integer add, sub and
/// mul. Only imported globals may be read.
/// </summary>
internal sealed class ConstantExpressionValidator(WasmModule module)
{
    private readonly Instruction _instruction = new();
    private readonly Stack<ValType> _stack = new();
    private int _operators;

    /// <summary>Functions that the expressions refer to; code may then take references to them.</summary>
    public HashSet<int> References { get; } = [];

    public void Validate(ByteRange range, ValType expected)
    {
        var reader = new WasmReader(module.Bytes.Span, range.Start, range.End);
        _stack.Clear();
        while (true)
        {
            InstructionReader.Read(ref reader, _instruction, module.Limits);
            if (_instruction.Code == Opcode.End)
            {
                break;
            }

            Step();
            if (_stack.Count > module.Limits.OperandStack)
            {
                throw new WasmLimitException(nameof(WasmLimits.OperandStack), _stack.Count, module.Limits.OperandStack, _instruction.Offset);
            }
        }

        if (_stack.Count != 1 || _stack.Peek() != expected)
        {
            throw Invalid($"type mismatch: the expression must leave one {expected.Name()}");
        }
    }

    private WasmInvalidException Invalid(string message) => new(message, _instruction.Offset);

    private void Step()
    {
        switch (_instruction.Code)
        {
            case Opcode.I32Const:
            case Opcode.I64Const:
            case Opcode.F32Const:
            case Opcode.F64Const:
            case Opcode.V128Const:
                _stack.Push(_instruction.Info.Result);
                break;
            case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul
                when (module.Limits.Features & WasmFeatures.ExtendedConst) != 0:
                Arithmetic(_instruction.Info.Result);
                break;
            case Opcode.RefNull:
                _stack.Push(_instruction.Type);
                break;
            case Opcode.RefFunc:
                if (_instruction.Index >= (uint)module.Functions.Length)
                {
                    throw Invalid($"unknown function {_instruction.Index}");
                }

                References.Add((int)_instruction.Index);
                _stack.Push(ValType.FuncRef);
                break;
            case Opcode.GlobalGet:
                _stack.Push(Global(_instruction.Index));
                break;
            default:
                throw Invalid("constant expression required");
        }
    }

    private void Arithmetic(ValType type)
    {
        if (++_operators > module.Limits.ConstantOperators)
        {
            throw new WasmLimitException(nameof(WasmLimits.ConstantOperators), _operators, module.Limits.ConstantOperators, _instruction.Offset);
        }

        if (!_stack.TryPop(out var right) || !_stack.TryPop(out var left) || left != type || right != type)
        {
            throw Invalid("type mismatch in a constant expression");
        }

        _stack.Push(type);
    }

    private ValType Global(uint index)
    {
        if (index >= (uint)module.ImportedGlobals)
        {
            throw Invalid($"unknown global {index}: only imported globals may be read here");
        }

        var type = module.Globals[index];
        return type.Mutable ? throw Invalid("constant expression required: the global is mutable") : type.Value;
    }
}
