using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>What each plain instruction does to operands and code.</content>
internal sealed partial class FunctionCompiler
{
    public void Plain(Instruction i)
    {
        _fuelBlock.Add(InstructionCosts.Of(i.Code));
        switch (i.Code)
        {
            case Opcode.Nop: break;
            case Opcode.Unreachable: Unreachable(); break;
            case Opcode.Br: Branch(i); break;
            case Opcode.BrIf: BranchIf(i); break;
            case Opcode.BrTable: BranchTable(i); break;
            case Opcode.Return:
                SkipTo(_blocks[0]);
                Return(Pop(_blocks[0].Type.Results.Length));
                break;
            case Opcode.Call: Call((int)i.Index); break;
            case Opcode.CallIndirect: CallIndirect(i); break;
            case Opcode.ReturnCall: Call((int)i.Index, tail: true); break;
            case Opcode.ReturnCallIndirect: CallIndirect(i, tail: true); break;
            case Opcode.Drop: Release(Pop()); break;
            case Opcode.Select or Opcode.SelectTyped: Select(i); break;
            case Opcode.LocalGet:
                Push(new Expression { Kind = ExpressionKind.Local, Type = i.Type, Index = (int)i.Index });
                break;
            case Opcode.LocalSet: SetLocal(i); break;
            case Opcode.LocalTee:
                SetLocal(i);
                Push(new Expression { Kind = ExpressionKind.Local, Type = i.Type, Index = (int)i.Index });
                break;
            case Opcode.GlobalGet: GetGlobal((int)i.Index); break;
            case Opcode.GlobalSet: SetGlobal((int)i.Index); break;
            case Opcode.RefNull:
                Push(new Expression { Kind = ExpressionKind.Null, Type = i.Type });
                break;
            case Opcode.RefIsNull:
                Push(new Expression { Kind = ExpressionKind.Operation, Type = ValType.I32, Operation = i.Info, First = Pop() });
                break;
            case Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const:
                Push(new Expression { Kind = ExpressionKind.Constant, Type = i.Info.Result, Bits = i.Bits });
                break;
            case Opcode.V128Const:
                Push(new Expression { Kind = ExpressionKind.Constant, Type = ValType.V128, Bits = i.Bits, High = i.High });
                break;
            case Opcode.MemorySize:
                Push(new Expression { Kind = ExpressionKind.MemorySize, Type = ValType.I32, Index = (int)i.Index });
                break;
            default:
                if ((int)i.Code >> 8 == VectorOpcodes.Prefix)
                {
                    Vector(i);
                }
                else if (i.Info.Shape == OpcodeShape.Memory)
                {
                    Access(i);
                }
                else if (!Bulk(i))
                {
                    Numeric(i.Info);
                }

                break;
        }
    }

    private void SetLocal(Instruction i)
    {
        var value = Pop();
        FlushLocal((int)i.Index);
        _rotations.Assign((int)i.Index, value);
        AssignBounds((int)i.Index, value);
        Emit(value);
        StoreWasmLocal((int)i.Index);
    }

    private void GetGlobal(int index)
    {
        var type = _module.Globals[index];
        Push(new Expression { Kind = ExpressionKind.Global, Type = type.Value, Index = index });
    }

    private void SetGlobal(int index)
    {
        var value = Pop();
        FlushReads(Reads.Globals);
        if (_layout.GlobalFields[index] is { } field)
        {
            _cil.LoadArgument(0);
            Emit(value);
            _cil.Field(OpCodes.Stfld, field);
            return;
        }

        LoadCell(index);
        Emit(value);
        if (!value.Type.IsNumber())
        {
            _cil.Field(OpCodes.Stfld, value.Type == ValType.V128 ? Members.GlobalVector : Members.GlobalReference);
            return;
        }

        switch (value.Type)
        {
            case ValType.F32: _cil.Call(Bits.FromSingle); _cil.Emit(OpCodes.Conv_I8); break;
            case ValType.F64: _cil.Call(Bits.FromDouble); break;
            case ValType.I32: _cil.Emit(OpCodes.Conv_I8); break;
        }

        _cil.Field(OpCodes.Stfld, Members.GlobalBits);
    }

    private void LoadCell(int index)
    {
        _cil.LoadArgument(0);
        _cil.Field(OpCodes.Ldfld, Members.InstanceCells);
        _cil.Int(index);
        _cil.Emit(OpCodes.Ldelem_Ref);
    }

    private void LoadGlobal(Expression e)
    {
        if (_layout.GlobalFields[e.Index] is { } field)
        {
            _cil.LoadArgument(0);
            _cil.Field(OpCodes.Ldfld, field);
            return;
        }

        LoadCell(e.Index);
        if (e.Type == ValType.V128)
        {
            _cil.Field(OpCodes.Ldfld, Members.GlobalVector);
            return;
        }

        if (e.Type.IsReference())
        {
            _cil.Field(OpCodes.Ldfld, Members.GlobalReference);
            if (e.Type == ValType.FuncRef)
            {
                _cil.Cast(typeof(WasmFunction));
            }

            return;
        }

        _cil.Field(OpCodes.Ldfld, Members.GlobalBits);
        switch (e.Type)
        {
            case ValType.F32: _cil.Emit(OpCodes.Conv_I4); _cil.Call(Bits.ToSingle); break;
            case ValType.F64: _cil.Call(Bits.ToDouble); break;
            case ValType.I32: _cil.Emit(OpCodes.Conv_I4); break;
        }
    }

    /// <summary>Instructions that a function of the engine carries out.</summary>
    private bool Bulk(Instruction i)
    {
        var table = (int)i.Index;
        switch (i.Code)
        {
            case Opcode.MemoryGrow: CallBulk(nameof(Runtime.Bulk.MemoryGrow), 1, ValType.I32, (int)i.Index); return true;
            case Opcode.MemoryCopy: CallBulk(nameof(Runtime.Bulk.MemoryCopy), 3, ValType.None, (int)i.Index, (int)i.Second); return true;
            case Opcode.MemoryFill: CallBulk(nameof(Runtime.Bulk.MemoryFill), 3, ValType.None, (int)i.Index); return true;
            case Opcode.MemoryInit: CallBulk(nameof(Runtime.Bulk.MemoryInit), 3, ValType.None, (int)i.Index, (int)i.Second); return true;
            case Opcode.DataDrop: CallBulk(nameof(Runtime.Bulk.DataDrop), 0, ValType.None, (int)i.Index); return true;
            case Opcode.TableGet: CallBulk("TableGet" + Kind(table), 1, _module.Tables[table].Element, table); return true;
            case Opcode.TableSet: CallBulk("TableSet" + Kind(table), 2, ValType.None, table); return true;
            case Opcode.TableSize: CallBulk(nameof(Runtime.Bulk.TableSize), 0, ValType.I32, table); return true;
            case Opcode.TableGrow: CallBulk(nameof(Runtime.Bulk.TableGrow), 2, ValType.I32, table); return true;
            case Opcode.TableFill: CallBulk(nameof(Runtime.Bulk.TableFill), 3, ValType.None, table); return true;
            case Opcode.TableCopy: CallBulk(nameof(Runtime.Bulk.TableCopy), 3, ValType.None, table, (int)i.Second); return true;
            case Opcode.TableInit: CallBulk(nameof(Runtime.Bulk.TableInit), 3, ValType.None, (int)i.Index, (int)i.Second); return true;
            case Opcode.ElemDrop: CallBulk(nameof(Runtime.Bulk.ElementDrop), 0, ValType.None, (int)i.Index); return true;
            case Opcode.RefFunc: CallBulk(nameof(Runtime.Bulk.FunctionAt), 0, ValType.FuncRef, (int)i.Index); return true;
            default: return false;
        }
    }

    private string Kind(int table) => _module.Tables[table].Element == ValType.FuncRef ? "Function" : "External";

    private void CallBulk(string name, int operands, ValType result, params ReadOnlySpan<int> immediates)
    {
        var arguments = Pop(operands);
        FlushReads(Reads.Memory | Reads.Globals);
        StoreFuel();
        _cil.LoadArgument(0);
        foreach (var argument in arguments)
        {
            Emit(argument);
        }

        foreach (var immediate in immediates)
        {
            _cil.Int(immediate);
        }

        _cil.Call(Members.Method(typeof(Runtime.Bulk), name));
        PushResult(result);
        Reload();
    }

    /// <summary>Puts the value on the CLR's stack into a temporary and pushes that.</summary>
    private void PushResult(ValType type)
    {
        if (type == ValType.None)
        {
            return;
        }

        var local = TakeTemporary(type);
        _cil.StoreLocal(local);
        PushTemporary(local, type);
    }
}
