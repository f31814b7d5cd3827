using System.Collections.Immutable;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <summary>
/// Validates function bodies by the algorithm of the specification's appendix A.4, and drives a sink with what is
/// reachable. One instance checks the functions of one module, one after the other.
/// </summary>
internal sealed partial class FunctionValidator(WasmModule module, IReadOnlySet<int> declaredReferences)
{
    /// <summary>Operands of block types, calls and branches that may be checked for each byte of a body: one byte can name a thousand.</summary>
    private const int WorkPerByte = 16;
    private const int WorkAtLeast = 100_000;

    private readonly Instruction _instruction = new();
    private readonly OperandTypes _operands = new(module.Limits.OperandStack);
    private readonly List<ControlFrame> _frames = [];
    private ValType[] _locals = new ValType[64];
    private int _localCount;
    private readonly HashSet<uint> _checkedLabels = [];
    private IFunctionSink? _sink;
    private long _work;
    private long _workLeft;

    /// <summary>Whether the instruction at hand can be reached.</summary>
    private bool Live => !_frames[^1].Unreachable && _frames[^1].Live;

    public void Validate(FunctionBody body, IFunctionSink? sink)
    {
        _sink = sink;
        _operands.Clear();
        _frames.Clear();
        _workLeft = _work = WorkAtLeast + ((long)WorkPerByte * body.Code.Length);
        var reader = new WasmReader(module.Bytes.Span, body.Code.Start, body.Code.End);
        ReadLocals(ref reader, body.Type);
        sink?.Begin(body.Type, _locals.AsSpan(0, _localCount));
        _frames.Add(new ControlFrame(Opcode.Block, body.Type, 0, Live: true));
        while (_frames.Count > 0)
        {
            if (reader.AtEnd)
            {
                throw reader.Malformed("unexpected end of a function body");
            }

            InstructionReader.Read(ref reader, _instruction, module.Limits);
            Check();
        }

        if (!reader.AtEnd)
        {
            throw reader.Malformed("operators after the end of the function");
        }
    }

    private void ReadLocals(ref WasmReader reader, FunctionType type)
    {
        _localCount = 0;
        foreach (var parameter in type.Parameters)
        {
            AddLocals(parameter, 1);
        }

        var groups = reader.Count(nameof(WasmLimits.Locals), module.Limits.Locals, 2);
        var declared = 0L;
        for (var i = 0; i < groups; i++)
        {
            var count = reader.U32();
            declared += count;
            if (declared > uint.MaxValue)
            {
                throw reader.Malformed("too many locals");
            }

            var local = reader.ValueType();
            if (type.Parameters.Length + declared <= module.Limits.Locals)
            {
                AddLocals(local, (int)count);
            }
        }

        // Reported last, for a sum beyond 32 bits is malformed rather than large.
        if (type.Parameters.Length + declared > module.Limits.Locals)
        {
            throw new WasmLimitException(nameof(WasmLimits.Locals), type.Parameters.Length + declared, module.Limits.Locals, reader.Position);
        }
    }

    private void AddLocals(ValType type, int count)
    {
        if (_localCount + count > _locals.Length)
        {
            Array.Resize(ref _locals, Math.Max(_localCount + count, _locals.Length * 2));
        }

        _locals.AsSpan(_localCount, count).Fill(type);
        _localCount += count;
    }

    private WasmInvalidException Invalid(string message) => new(message, _instruction.Offset);

    private void Push(ValType type) => _operands.Push(type);

    private void Push(ImmutableArray<ValType> types)
    {
        Work(types.Length);
        foreach (var type in types)
        {
            _operands.Push(type);
        }
    }

    private ValType Pop()
    {
        var frame = _frames[^1];
        if (_operands.Height > frame.Height)
        {
            return _operands.Pop();
        }

        return frame.Unreachable ? ValType.None : throw Invalid("type mismatch: the operand stack is empty");
    }

    private ValType Pop(ValType expected)
    {
        var actual = Pop();
        if (actual != expected && actual != ValType.None)
        {
            throw Invalid($"type mismatch: expected {expected.Name()}, found {actual.Name()}");
        }

        return actual;
    }

    private void Work(int operands)
    {
        if ((_workLeft -= operands) < 0)
        {
            throw new WasmLimitException("ValidationWork", _work - _workLeft, _work, _instruction.Offset);
        }
    }

    private void Pop(ImmutableArray<ValType> expected)
    {
        Work(expected.Length);
        for (var i = expected.Length - 1; i >= 0; i--)
        {
            Pop(expected[i]);
        }
    }

    private void PushFrame(Opcode code, FunctionType type)
    {
        if (_frames.Count >= module.Limits.Nesting)
        {
            throw new WasmLimitException(nameof(WasmLimits.Nesting), _frames.Count + 1L, module.Limits.Nesting, _instruction.Offset);
        }

        var live = Live;
        _frames.Add(new ControlFrame(code, type, _operands.Height, live));
        Push(type.Parameters);
    }

    private ControlFrame PopFrame()
    {
        var frame = _frames[^1];
        Pop(frame.Type.Results);
        if (_operands.Height != frame.Height)
        {
            throw Invalid("type mismatch: values remain on the stack at the end of the block");
        }

        _frames.RemoveAt(_frames.Count - 1);
        return frame;
    }

    private void SetUnreachable()
    {
        var frame = _frames[^1];
        _operands.Cut(frame.Height);
        frame.Unreachable = true;
        _frames[^1] = frame;
    }

    private ControlFrame Label(uint depth) =>
        depth < (uint)_frames.Count ? _frames[_frames.Count - 1 - (int)depth] : throw Invalid($"unknown label {depth}");
}
