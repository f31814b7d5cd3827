using System.Runtime.Intrinsics;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <content>The typing rules of single instructions (spec 3.3).</content>
internal sealed partial class FunctionValidator
{
    private void Check()
    {
        var i = _instruction;
        switch (i.Code)
        {
            case Opcode.Block:
            case Opcode.Loop:
            case Opcode.If:
                Enter(i);
                return;
            case Opcode.Else:
                Else();
                return;
            case Opcode.End:
                End();
                return;
        }

        // Types first: a select or drop learns its type here, and the sink only sees what holds.
        var live = Live;
        switch (i.Code)
        {
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                SetUnreachable();
                break;
            case Opcode.Br:
                Pop(Label(i.Index).LabelTypes);
                SetUnreachable();
                break;
            case Opcode.BrIf:
                Pop(ValType.I32);
                var target = Label(i.Index).LabelTypes;
                Pop(target);
                Push(target);
                break;
            case Opcode.BrTable:
                BranchTable(i);
                break;
            case Opcode.Return:
                Pop(_frames[0].Type.Results);
                SetUnreachable();
                break;
            case Opcode.Call:
                Call(FunctionType(i.Index));
                break;
            case Opcode.CallIndirect:
                CallIndirect(i);
                break;
            case Opcode.ReturnCall:
                ReturnCall(FunctionType(i.Index));
                break;
            case Opcode.ReturnCallIndirect:
                ReturnCall(IndirectType(i));
                break;
            case Opcode.Drop:
                i.Type = Pop();
                break;
            case Opcode.Select:
                Select(i);
                break;
            case Opcode.SelectTyped:
                SelectTyped(i);
                break;
            case Opcode.LocalGet:
                Push(i.Type = Local(i.Index));
                break;
            case Opcode.LocalSet:
                Pop(i.Type = Local(i.Index));
                break;
            case Opcode.LocalTee:
                Pop(i.Type = Local(i.Index));
                Push(i.Type);
                break;
            case Opcode.GlobalGet:
                Push(Global(i.Index).Value);
                break;
            case Opcode.GlobalSet:
                GlobalSet(i);
                break;
            case Opcode.RefNull:
                Push(i.Type);
                break;
            case Opcode.RefIsNull:
                RefIsNull();
                break;
            case Opcode.RefFunc:
                RefFunc(i.Index);
                break;
            default:
                CheckLanes(i);
                if (i.Info.Shape is OpcodeShape.Memory or OpcodeShape.MemoryLane)
                {
                    Memory(i.Memory);
                    if (i.Index > (uint)i.Info.NaturalAlignment)
                    {
                        throw Invalid("alignment must not be larger than natural");
                    }
                }

                if (!CheckBulk(i))
                {
                    Pop(i.Info.Parameters);
                    if (i.Info.Result != ValType.None)
                    {
                        Push(i.Info.Result);
                    }
                }

                break;
        }

        if (live)
        {
            _sink?.Plain(i);
        }
    }

    /// <summary>A lane must be one that the vector has.</summary>
    private void CheckLanes(Instruction i)
    {
        const int vectorBytes = 16;
        const byte shuffleLanes = 2 * vectorBytes;
        var invalid = i.Info.Shape switch
        {
            OpcodeShape.Lane => i.Second >= (uint)i.Info.Width,
            OpcodeShape.MemoryLane => i.Second >= (uint)(vectorBytes / i.Info.Width),
            OpcodeShape.Shuffle => Vector128.GreaterThanOrEqualAny(Vector128.Create(i.Bits, i.High).AsByte(), Vector128.Create(shuffleLanes)),
            _ => false,
        };
        if (invalid)
        {
            throw Invalid("invalid lane index");
        }
    }

    private bool CheckBulk(Instruction i)
    {
        switch (i.Code)
        {
            case Opcode.MemorySize:
                Memory(i.Index);
                Push(ValType.I32);
                return true;
            case Opcode.MemoryGrow:
                Memory(i.Index);
                Pop(ValType.I32);
                Push(ValType.I32);
                return true;
            case Opcode.MemoryInit:
                Memory(i.Second);
                DataSegment(i.Index);
                PopThreeInts();
                return true;
            case Opcode.DataDrop:
                DataSegment(i.Index);
                return true;
            case Opcode.MemoryCopy:
                Memory(i.Index);
                Memory(i.Second);
                PopThreeInts();
                return true;
            case Opcode.MemoryFill:
                Memory(i.Index);
                PopThreeInts();
                return true;
            case Opcode.TableGet:
                Pop(ValType.I32);
                Push(Table(i.Index).Element);
                return true;
            case Opcode.TableSet:
                Pop(Table(i.Index).Element);
                Pop(ValType.I32);
                return true;
            case Opcode.TableSize:
                Table(i.Index);
                Push(ValType.I32);
                return true;
            case Opcode.TableGrow:
                Pop(ValType.I32);
                Pop(Table(i.Index).Element);
                Push(ValType.I32);
                return true;
            case Opcode.TableFill:
                Pop(ValType.I32);
                Pop(Table(i.Index).Element);
                Pop(ValType.I32);
                return true;
            case Opcode.TableInit:
                if (Element(i.Index).Type != Table(i.Second).Element)
                {
                    throw Invalid("type mismatch between the segment and the table");
                }

                PopThreeInts();
                return true;
            case Opcode.ElemDrop:
                Element(i.Index);
                return true;
            case Opcode.TableCopy:
                if (Table(i.Index).Element != Table(i.Second).Element)
                {
                    throw Invalid("type mismatch between the tables");
                }

                PopThreeInts();
                return true;
            default:
                return false;
        }
    }

    private void PopThreeInts()
    {
        Pop(ValType.I32);
        Pop(ValType.I32);
        Pop(ValType.I32);
    }

    private void Enter(Instruction i)
    {
        var type = BlockTypes.Find(i.BlockType, module.Types) ?? throw Invalid($"unknown type {i.BlockType}");
        if (i.Code == Opcode.If)
        {
            Pop(ValType.I32);
        }

        Pop(type.Parameters);
        var live = Live;
        PushFrame(i.Code, type);
        if (live)
        {
            _sink?.Enter(i, type);
        }
    }

    private void Else()
    {
        if (_frames[^1].Code != Opcode.If)
        {
            throw new WasmMalformedException("else without if", _instruction.Offset);
        }

        var reachable = Live;
        var frame = PopFrame();
        _frames.Add(frame with { Code = Opcode.Else, Unreachable = false });
        Push(frame.Type.Parameters);
        if (frame.Live)
        {
            _sink?.Else(reachable);
        }
    }

    private void End()
    {
        var reachable = Live;
        var frame = PopFrame();
        if (frame.Code == Opcode.If && !frame.Type.Parameters.AsSpan().SequenceEqual(frame.Type.Results.AsSpan()))
        {
            throw Invalid("type mismatch: an if without else must leave what it takes");
        }

        Push(frame.Type.Results);
        if (frame.Live)
        {
            _sink?.End(reachable);
        }
    }

    private void BranchTable(Instruction i)
    {
        Pop(ValType.I32);
        var arity = Label(i.Labels[^1]).LabelTypes.Length;
        Span<ValType> popped = arity <= 64 ? stackalloc ValType[64] : new ValType[arity];
        _checkedLabels.Clear();
        foreach (var label in i.Labels)
        {
            if (!_checkedLabels.Add(label))
            {
                continue;
            }

            var types = Label(label).LabelTypes;
            Work(types.Length);
            if (types.Length != arity)
            {
                throw Invalid("type mismatch: labels of a br_table differ in arity");
            }

            // Each target is checked against the same operands, which are put back as they were.
            for (var n = arity - 1; n >= 0; n--)
            {
                popped[n] = Pop(types[n]);
            }

            foreach (var type in popped[..arity])
            {
                Push(type);
            }
        }

        SetUnreachable();
    }

    private void Call(FunctionType type)
    {
        Pop(type.Parameters);
        Push(type.Results);
    }

    private void CallIndirect(Instruction i) => Call(IndirectType(i));

    /// <summary>The results go to this function's caller, so they must be what that one expects (spec 3.4.8.14).</summary>
    private void ReturnCall(FunctionType type)
    {
        if (!type.Results.AsSpan().SequenceEqual(_frames[0].Type.Results.AsSpan()))
        {
            throw Invalid("type mismatch: a tail call must return what its caller returns");
        }

        Pop(type.Parameters);
        SetUnreachable();
    }

    private FunctionType IndirectType(Instruction i)
    {
        if (Table(i.Second).Element != ValType.FuncRef)
        {
            throw Invalid("type mismatch: call_indirect needs a table of funcref");
        }

        var type = i.Index < (uint)module.Types.Length ? module.Types[i.Index] : throw Invalid($"unknown type {i.Index}");
        Pop(ValType.I32);
        return type;
    }

    private void Select(Instruction i)
    {
        Pop(ValType.I32);
        var second = Pop();
        var first = Pop();
        if (first.IsReference() || second.IsReference())
        {
            throw Invalid("type mismatch: select without annotation takes numbers only");
        }

        if (first != second && first != ValType.None && second != ValType.None)
        {
            throw Invalid("type mismatch: select takes operands of one type");
        }

        Push(i.Type = first == ValType.None ? second : first);
    }

    private void SelectTyped(Instruction i)
    {
        if (i.Index != 1)
        {
            throw Invalid("invalid result arity");
        }

        Pop(ValType.I32);
        Pop(i.Type);
        Pop(i.Type);
        Push(i.Type);
    }

    private void GlobalSet(Instruction i)
    {
        var global = Global(i.Index);
        if (!global.Mutable)
        {
            throw Invalid("global is immutable");
        }

        Pop(global.Value);
    }

    private void RefIsNull()
    {
        var type = Pop();
        if (type != ValType.None && !type.IsReference())
        {
            throw Invalid("type mismatch: ref.is_null takes a reference");
        }

        Push(ValType.I32);
    }

    private void RefFunc(uint index)
    {
        FunctionType(index);
        if (!declaredReferences.Contains((int)index))
        {
            throw Invalid($"undeclared function reference {index}");
        }

        Push(ValType.FuncRef);
    }

    private ValType Local(uint index) => index < (uint)_localCount ? _locals[index] : throw Invalid($"unknown local {index}");

    private GlobalType Global(uint index) =>
        index < (uint)module.Globals.Length ? module.Globals[index] : throw Invalid($"unknown global {index}");

    private TableType Table(uint index) =>
        index < (uint)module.Tables.Length ? module.Tables[index] : throw Invalid($"unknown table {index}");

    private ElementSegment Element(uint index) =>
        index < (uint)module.Elements.Length ? module.Elements[index] : throw Invalid($"unknown elem segment {index}");

    private FunctionType FunctionType(uint index) =>
        index < (uint)module.Functions.Length ? module.Functions[index] : throw Invalid($"unknown function {index}");

    private void Memory(uint index)
    {
        if (index >= (uint)module.Memories.Length)
        {
            throw Invalid($"unknown memory {index}");
        }
    }

    private void DataSegment(uint index)
    {
        // The count section exists so that this can be known here, before the data section is read (spec 5.5.16).
        if (module.DataCount is not { } count)
        {
            throw new WasmMalformedException("data count section required", _instruction.Offset);
        }

        if (index >= (uint)count)
        {
            throw Invalid($"unknown data segment {index}");
        }
    }
}
