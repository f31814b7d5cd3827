using System.Collections.Immutable;
using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>Blocks and branches (spec 4.4.8).</content>
internal sealed partial class FunctionCompiler
{
    public void Enter(Instruction instruction, FunctionType type)
    {
        var condition = instruction.Code == Opcode.If ? Pop() : null;

        // What waits could otherwise be evaluated on one path into the block's end and not on another.
        FlushAll();
        _fuelBlock.Add(InstructionCosts.Of(instruction.Code));
        var height = _stack.Count - type.Parameters.Length;
        switch (instruction.Code)
        {
            case Opcode.Block:
                _blocks.Add(new Block { Code = Opcode.Block, Type = type, Height = height, Label = _cil.DefineLabel(), Entry = _fuelBlock, EnteredAlive = _alive });
                _bounds.Enter(_blocks[^1]);
                break;
            case Opcode.Loop:
                EnterLoop(type, height);
                break;
            default:
                EnterIf(type, height, condition!);
                break;
        }
    }

    private void EnterLoop(FunctionType type, int height)
    {
        var block = new Block
        {
            Code = Opcode.Loop,
            Type = type,
            Height = height,
            Label = _cil.DefineLabel(),
            Entry = _fuelBlock,
            EnteredAlive = _alive,
            LabelLocals = Take(type.Parameters),
        };
        Assign(block.LabelLocals, Pop(type.Parameters.Length));
        _blocks.Add(block);
        _cil.Mark(block.Label);
        _deepestLoop = Math.Max(_deepestLoop, ++_loops);
        BeginFuelBlock(check: true);
        _bounds.Clear();
        _rotations.Label();
        PushCopies(block.LabelLocals, type.Parameters);
    }

    private void EnterIf(FunctionType type, int height, Expression condition)
    {
        var block = new Block
        {
            Code = Opcode.If,
            Type = type,
            Height = height,
            Label = _cil.DefineLabel(),
            ElseLabel = _cil.DefineLabel(),
            Entry = _fuelBlock,
            EnteredAlive = _alive,
            LabelLocals = Take(type.Results),
            ParameterLocals = Take(type.Parameters),
        };
        Assign(block.ParameterLocals, Pop(type.Parameters.Length));
        _blocks.Add(block);
        BranchIf(condition, block.ElseLabel, whenTrue: false);
        BeginFuelBlock();
        _bounds.Enter(block);
        PushCopies(block.ParameterLocals, type.Parameters);
    }

    public void Else(bool reachable)
    {
        var block = _blocks[^1];
        if (reachable)
        {
            Assign(block.LabelLocals, Pop(block.Type.Results.Length));
            _cil.Branch(OpCodes.Br, block.Label);
        }

        Cut(block.Height);
        block.Code = Opcode.Else;
        _cil.Mark(block.ElseLabel);
        block.Alive |= _alive && reachable;
        _alive = block.EnteredAlive;
        BeginFuelBlock();
        _bounds.Join(block);
        _rotations.Label();
        PushCopies(block.ParameterLocals, block.Type.Parameters);
    }

    public void End(bool reachable)
    {
        var block = _blocks[^1];
        _blocks.RemoveAt(_blocks.Count - 1);
        if (_blocks.Count == 0)
        {
            EndFunction(block, reachable);
            return;
        }

        switch (block.Code)
        {
            case Opcode.Loop:
                _loops--;
                Array.ForEach(block.LabelLocals, _temporaries.Return);
                EndBackEdges(block, reachable);
                EndWithoutLabel(block, reachable);
                JoinFuelBlocks(block, _alive && reachable);
                return;
            case Opcode.Block when !block.Targeted:
                EndWithoutLabel(block, reachable);
                return;
        }

        if (reachable)
        {
            Assign(LabelLocals(block), Pop(block.Type.Results.Length));
        }

        Cut(block.Height);
        if (block.Code == Opcode.If)
        {
            EndIfWithoutElse(block, reachable);
        }

        _cil.Mark(block.Label);
        Array.ForEach(block.ParameterLocals, _temporaries.Return);
        JoinFuelBlocks(block, (_alive && reachable) || block.Alive || (block.Code == Opcode.If && block.EnteredAlive));
        _bounds.Join(block);
        _rotations.Label();
        var results = LabelLocals(block);
        for (var i = 0; i < results.Length; i++)
        {
            PushTemporary(results[i], block.Type.Results[i]);
        }
    }

    /// <summary>The arm that is not written leaves the parameters as they are.</summary>
    private void EndIfWithoutElse(Block block, bool reachable)
    {
        if (reachable && block.ParameterLocals.Length > 0)
        {
            _cil.Branch(OpCodes.Br, block.Label);
        }

        _cil.Mark(block.ElseLabel);
        for (var i = 0; i < block.ParameterLocals.Length; i++)
        {
            _cil.LoadLocal(block.ParameterLocals[i]);
            _cil.StoreLocal(block.LabelLocals[i]);
        }
    }

    /// <summary>Nobody branches to the end: the results stay pending.</summary>
    private void EndWithoutLabel(Block block, bool reachable)
    {
        if (reachable)
        {
            return;
        }

        // Dead code follows, which must still find operands of the right types.
        Die();
        Cut(block.Height);
        foreach (var type in block.Type.Results)
        {
            PushTemporary(TakeTemporary(type), type);
        }
    }

    private void EndFunction(Block block, bool reachable)
    {
        if (reachable)
        {
            Return(Pop(block.Type.Results.Length));
        }

        SettleSkips(block);
        Cut(0);
    }

    private int[] Take(ImmutableArray<ValType> types) => [.. types.Select(TakeTemporary)];

    /// <summary>Locals of a plain block are taken when the first branch needs them.</summary>
    private int[] LabelLocals(Block block)
    {
        if (block.LabelLocals.Length == 0 && block.Type.Results.Length > 0 && block.Code != Opcode.Loop)
        {
            block.LabelLocals = Take(block.Type.Results);
        }

        return block.LabelLocals;
    }

    private void Assign(int[] locals, Expression[] values)
    {
        for (var i = 0; i < locals.Length; i++)
        {
            Emit(values[i]);
            _cil.StoreLocal(locals[i]);
        }
    }

    private void PushCopies(int[] locals, ImmutableArray<ValType> types)
    {
        for (var i = 0; i < locals.Length; i++)
        {
            var copy = TakeTemporary(types[i]);
            _cil.LoadLocal(locals[i]);
            _cil.StoreLocal(copy);
            PushTemporary(copy, types[i]);
        }
    }

    private Block Target(uint depth) => _blocks[_blocks.Count - 1 - (int)depth];

    private static int Arity(Block block) => block.Code == Opcode.Loop ? block.Type.Parameters.Length : block.Type.Results.Length;

    private void Branch(Instruction instruction)
    {
        var target = Target(instruction.Index);
        var values = Pop(Arity(target));
        SkipTo(target);
        if (target.Label < 0)
        {
            Return(values);
            return;
        }

        Assign(LabelLocals(target), values);
        _cil.Branch(OpCodes.Br, JumpLabel(target));
    }

    private void BranchIf(Instruction instruction)
    {
        var condition = Pop();
        var target = Target(instruction.Index);
        var arity = Arity(target);
        if (target.Label >= 0 && arity == 0)
        {
            BranchIf(condition, JumpLabel(target), whenTrue: true);
        }
        else
        {
            var values = KeptOnTop(arity);
            var skip = _cil.DefineLabel();
            BranchIf(condition, skip, whenTrue: false);
            LeaveFromBranch(target, values);
            _cil.Mark(skip);
        }

        _bounds.Observe();
        EscapeTo(target);
        BeginFuelBlock();
    }

    /// <summary>Beside the way that goes on.</summary>
    private void LeaveFromBranch(Block target, Expression[] values)
    {
        var owed = _owesFuel;
        Leave(target, values);
        _owesFuel = owed;
    }

    /// <summary>The topmost operands, made stable where they are: both paths may need them.</summary>
    private Expression[] KeptOnTop(int count)
    {
        for (var i = _stack.Count - count; i < _stack.Count; i++)
        {
            _stack[i] = Materialized(_stack[i]);
        }

        return [.. _stack[(_stack.Count - count)..]];
    }

    /// <summary>Goes to a block with values that stay valid for another path.</summary>
    private void Leave(Block target, Expression[] values)
    {
        if (target.Label < 0)
        {
            Return(values, keep: true);
            return;
        }

        var locals = LabelLocals(target);
        for (var i = 0; i < locals.Length; i++)
        {
            EmitStable(values[i]);
            _cil.StoreLocal(locals[i]);
        }

        _cil.Branch(OpCodes.Br, JumpLabel(target));
    }

    private void BranchTable(Instruction instruction)
    {
        var index = Pop();
        var arity = Arity(Target(instruction.Labels[^1]));
        var values = KeptOnTop(arity);
        var direct = new Dictionary<uint, int>();
        var stubs = new Dictionary<uint, int>();
        var labels = new int[instruction.Labels.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = TableLabel(instruction.Labels[i], arity, direct, stubs);
        }

        _rotations.Test(index);
        Emit(index);
        _cil.Switch(labels[..^1]);
        _cil.Branch(OpCodes.Br, labels[^1]);
        foreach (var (depth, stub) in stubs)
        {
            _cil.Mark(stub);
            LeaveFromBranch(Target(depth), values);
        }
    }

    /// <summary>The label itself, or that of a stub which moves the values first.</summary>
    private int TableLabel(uint depth, int arity, Dictionary<uint, int> direct, Dictionary<uint, int> stubs)
    {
        var target = Target(depth);
        target.Targeted = true;
        target.Alive |= _alive;
        EscapeTo(target);
        if (target.Label >= 0 && arity == 0)
        {
            // A table counts as one jump, however often it names the loop.
            if (!direct.TryGetValue(depth, out var known))
            {
                direct.Add(depth, known = JumpLabel(target));
            }

            return known;
        }

        if (!stubs.TryGetValue(depth, out var stub))
        {
            stubs.Add(depth, stub = _cil.DefineLabel());
        }

        return stub;
    }

    private void Return(Expression[] values, bool keep = false)
    {
        for (var i = 1; i < values.Length; i++)
        {
            EmitValue(values[i], keep);
            _cil.LoadLocal(_store);
            _cil.Int(i);
            _cil.Call(Members.ScratchWriter(values[i].Type));
        }

        if (values.Length > 0)
        {
            EmitValue(values[0], keep);
        }

        if (++_returns <= LoneJumps)
        {
            StoreFuel();
            _cil.Emit(OpCodes.Ret);
            return;
        }

        if (_returnLabel < 0)
        {
            _returnLabel = _cil.DefineLabel();
            _returnLocal = values.Length > 0 ? _cil.DeclareLocal(ClrTypes.Of(values[0].Type)) : -1;
        }

        if (values.Length > 0)
        {
            _cil.StoreLocal(_returnLocal);
        }

        _cil.Branch(OpCodes.Br, _returnLabel);
    }

    /// <summary>Where a branch to a block goes: for a loop with many back edges to its end, and from there to its start.</summary>
    private int JumpLabel(Block target)
    {
        target.Targeted = true;
        target.Alive |= _alive;
        if (target.Code != Opcode.Loop || ++target.BackEdges <= LoneJumps)
        {
            return target.Label;
        }

        return target.BackLabel < 0 ? target.BackLabel = _cil.DefineLabel() : target.BackLabel;
    }

    /// <summary>The shared way back to the start of a loop.</summary>
    private void EndBackEdges(Block loop, bool reachable)
    {
        if (loop.BackLabel < 0)
        {
            return;
        }

        var past = _cil.DefineLabel();
        if (reachable)
        {
            _cil.Branch(OpCodes.Br, past);
        }

        _cil.Mark(loop.BackLabel);
        _cil.Branch(OpCodes.Br, loop.Label);
        _cil.Mark(past);
    }

    private void EmitValue(Expression value, bool keep)
    {
        if (keep)
        {
            EmitStable(value);
        }
        else
        {
            Emit(value);
        }
    }

    private void Unreachable() => _cil.Branch(OpCodes.Br, Trap(TrapKind.Unreachable));
}
