using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>
/// Loads and stores (spec 4.4.7). The check is emitted where the instruction stands; a load's value may wait. Index and
/// offset are added in 64 bits, where they cannot wrap, and the memory's reservation is wider than any such sum.
/// </content>
internal sealed partial class FunctionCompiler
{
    private void Access(Instruction i)
    {
        if (i.Info.Result != ValType.None)
        {
            var (index, offset) = CheckedAddress(Pop(), i);
            Push(new Expression { Kind = ExpressionKind.Load, Type = i.Info.Result, Operation = i.Info, First = index, Bits = offset, Index = (int)i.Memory });
            return;
        }

        var value = Pop();
        var target = Pop();

        // The address is evaluated and checked first, then whatever still has to see the memory as it was.
        var address = CheckedAddress(target, i);
        FlushReads(Reads.Memory);
        LoadAddress((int)i.Memory, address.Index, address.Offset);
        Emit(value);
        if (value.Type == ValType.I64 && i.Info.Width < 8)
        {
            _cil.Emit(OpCodes.Conv_I4);
        }

        _cil.Unaligned();
        _cil.Emit(i.Code switch
        {
            Opcode.I32Store8 or Opcode.I64Store8 => OpCodes.Stind_I1,
            Opcode.I32Store16 or Opcode.I64Store16 => OpCodes.Stind_I2,
            Opcode.I64Store => OpCodes.Stind_I8,
            Opcode.F32Store => OpCodes.Stind_R4,
            Opcode.F64Store => OpCodes.Stind_R8,
            _ => OpCodes.Stind_I4,
        });
    }

    /// <summary>Emits the bounds check. The index is null where the whole address is a constant.</summary>
    private (Expression? Index, ulong Offset) CheckedAddress(Expression address, Instruction i)
    {
        var width = (ulong)i.Info.Width;
        var memory = (int)i.Memory;
        if (address.Kind == ExpressionKind.Constant)
        {
            var whole = (uint)address.Bits + i.Bits;
            if (whole + width > SmallestSize(memory))
            {
                _cil.Long((long)(whole + width));
                LoadLength(memory);
                _cil.Branch(OpCodes.Bgt_Un, Trap(TrapKind.MemoryOutOfBounds));
            }

            return (null, whole);
        }

        var end = i.Bits + width;
        // What never runs must not change the checks of what does.
        var sum = memory == 0 && _alive ? Sum(address) : null;
        Emit(address);
        _cil.Emit(OpCodes.Conv_U8);
        var index = TakeTemporary(ValType.I64);
        _cil.StoreLocal(index);
        if (sum is not (var local, var delta))
        {
            CheckEnd(index, memory, end);
        }
        else if (!_bounds.Covers(local, delta, end, SmallestSize(memory)))
        {
            _bounds.Add(local, delta, end, CheckEnd(index, memory, end));
        }

        return (new Expression { Kind = ExpressionKind.Temporary, Type = ValType.I64, Index = index }, i.Bits);
    }

    /// <summary>A number as the sum of a local and a constant.</summary>
    private static (int Local, uint Delta)? Sum(Expression value) => value switch
    {
        { Kind: ExpressionKind.Local or ExpressionKind.Temporary, Type: ValType.I32 } => (AsLocal(value), 0),
        { Kind: ExpressionKind.Operation, Operation.Code: Opcode.I32Add, First: { Kind: ExpressionKind.Local or ExpressionKind.Temporary } local, Second: { Kind: ExpressionKind.Constant } delta } =>
            (AsLocal(local), (uint)delta.Bits),
        { Kind: ExpressionKind.Operation, Operation.Code: Opcode.I32Add, First: { Kind: ExpressionKind.Constant } delta, Second: { Kind: ExpressionKind.Local or ExpressionKind.Temporary } local } =>
            (AsLocal(local), (uint)delta.Bits),
        _ => null,
    };

    private static int AsLocal(Expression value) => value.Kind == ExpressionKind.Local ? value.Index : TemporaryAsLocal(value.Index);

    private void AssignBounds(int local, Expression value)
    {
        if (Sum(value) is (var of, var delta))
        {
            _bounds.Assign(local, of, delta);
        }
        else
        {
            _bounds.Assign(local);
        }
    }

    private ulong SmallestSize(int memory) => _module.Memories[memory].Limits.Minimum * (ulong)WasmMemory.PageSize;

    /// <summary>
    /// Traps unless an index, and so many bytes from there, lie within the memory. Where the memory is never
    /// smaller than that, its last valid index is compared with: the JIT keeps it for further accesses and out of loops.
    /// </summary>
    /// <returns>Where the bound may be made larger; -1 where it may not.</returns>
    private int CheckEnd(int index, int memory, ulong bytes)
    {
        _cil.LoadLocal(index);
        if (bytes > SmallestSize(memory))
        {
            _cil.Long((long)bytes);
            _cil.Emit(OpCodes.Add);
            LoadLength(memory);
            _cil.Branch(OpCodes.Bgt_Un, Trap(TrapKind.MemoryOutOfBounds));
            return -1;
        }

        LoadLength(memory);
        var bound = _cil.Bound((long)bytes);
        _cil.Branch(OpCodes.Bge_Un, Trap(TrapKind.MemoryOutOfBounds));
        return bound;
    }

    /// <summary>The first memory's place and size are kept in locals; of others they are read again each time.</summary>
    private void LoadLength(int memory)
    {
        if (memory == 0)
        {
            _usesMemory = true;
            _cil.LoadLocal(_memoryLength);
            return;
        }

        LoadMemory(memory);
        _cil.Field(OpCodes.Ldfld, Members.MemoryLength);
    }

    private void LoadMemory(int index)
    {
        _cil.LoadArgument(0);
        _cil.Field(OpCodes.Ldfld, Members.InstanceMemories);
        _cil.Int(index);
        _cil.Emit(OpCodes.Ldelem_Ref);
    }

    private void LoadAddress(int memory, Expression? index, ulong offset)
    {
        if (memory == 0)
        {
            _usesMemory = true;
            _cil.LoadLocal(_memoryBase);
        }
        else
        {
            LoadMemory(memory);
            _cil.Field(OpCodes.Ldfld, Members.MemoryBase);
            _cil.Emit(OpCodes.Conv_I8);
        }

        if (index is not null)
        {
            Emit(index);
            _cil.Emit(OpCodes.Add);
        }

        if (offset != 0)
        {
            _cil.Long((long)offset);
            _cil.Emit(OpCodes.Add);
        }

        _cil.Emit(OpCodes.Conv_U);
    }

    private void EmitLoad(Expression load)
    {
        LoadAddress(load.Index, load.First, load.Bits);
        _cil.Unaligned();
        var (read, widen) = load.Operation!.Code switch
        {
            Opcode.I32Load => (OpCodes.Ldind_I4, OpCodes.Nop),
            Opcode.I64Load => (OpCodes.Ldind_I8, OpCodes.Nop),
            Opcode.F32Load => (OpCodes.Ldind_R4, OpCodes.Nop),
            Opcode.F64Load => (OpCodes.Ldind_R8, OpCodes.Nop),
            Opcode.I32Load8S => (OpCodes.Ldind_I1, OpCodes.Nop),
            Opcode.I32Load8U => (OpCodes.Ldind_U1, OpCodes.Nop),
            Opcode.I32Load16S => (OpCodes.Ldind_I2, OpCodes.Nop),
            Opcode.I32Load16U => (OpCodes.Ldind_U2, OpCodes.Nop),
            Opcode.I64Load8S => (OpCodes.Ldind_I1, OpCodes.Conv_I8),
            Opcode.I64Load8U => (OpCodes.Ldind_U1, OpCodes.Conv_U8),
            Opcode.I64Load16S => (OpCodes.Ldind_I2, OpCodes.Conv_I8),
            Opcode.I64Load16U => (OpCodes.Ldind_U2, OpCodes.Conv_U8),
            Opcode.I64Load32S => (OpCodes.Ldind_I4, OpCodes.Conv_I8),
            Opcode.I64Load32U => (OpCodes.Ldind_U4, OpCodes.Conv_U8),
            _ => throw new ArgumentOutOfRangeException(nameof(load)),
        };
        _cil.Emit(read);
        if (widen != OpCodes.Nop)
        {
            _cil.Emit(widen);
        }
    }
}
