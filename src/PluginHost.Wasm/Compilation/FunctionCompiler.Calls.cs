using System.Reflection.Emit;
using PluginHost.Wasm.Binary;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <content>Calls (spec 4.4.8.10, 4.4.8.11).</content>
internal sealed partial class FunctionCompiler
{
    private int _calleeLocal = -1;
    private int _tableLocal = -1;

    private void Call(int index, bool tail = false)
    {
        var type = _module.Functions[index];
        var arguments = BeginCall(type, tail);
        if (index >= _module.ImportedFunctions)
        {
            CallOwn(index - _module.ImportedFunctions, type, arguments, tail);
        }
        else
        {
            _cil.LoadArgument(0);
            _cil.Field(OpCodes.Ldfld, Members.InstanceImports);
            _cil.Int(index);
            _cil.Emit(OpCodes.Ldelem_Ref);
            _cil.StoreLocal(Callee());
            CallReference(type, arguments, tail);
        }

        EndCall(type, tail);
    }

    /// <summary>
    /// Calls through the table, where the callee's code is, or a stub that compiles what the instance says is being called.
    /// A function calls itself directly.
    /// </summary>
    private void CallOwn(int function, FunctionType type, Expression[] arguments, bool tail)
    {
        if (function == _layout.Self)
        {
            _cil.LoadArgument(0);
            Arguments(arguments, tail);
            Prefix(tail);
            _cil.CallSelf();
            return;
        }

        _callees.Add(function);
        _cil.LoadArgument(0);
        Arguments(arguments, tail);
        _cil.LoadArgument(0);
        _cil.Int(function);
        _cil.Field(OpCodes.Stfld, Members.InstanceCallee);
        _cil.Long(_layout.Table.AddressOf(function));
        _cil.Emit(OpCodes.Conv_I);
        _cil.Emit(OpCodes.Ldind_I);
        Prefix(tail);
        _cil.CallIndirect(new CilSignature(ClrTypes.Return(type), ClrTypes.Parameters(type, _layout.InstanceType)));
    }

    private void CallIndirect(Instruction i, bool tail = false)
    {
        var type = _module.Types[i.Index];
        var index = Materialized(Pop());
        var arguments = BeginCall(type, tail);
        var table = _tableLocal < 0 ? _tableLocal = _cil.DeclareLocal(typeof(WasmFunction[])) : _tableLocal;

        LoadTable((int)i.Second);
        _cil.Field(OpCodes.Ldfld, Members.TableFunctions);
        _cil.StoreLocal(table);
        EmitStable(index);
        _cil.LoadLocal(table);
        _cil.Emit(OpCodes.Ldlen);
        _cil.Emit(OpCodes.Conv_I4);
        _cil.Branch(OpCodes.Bge_Un, Trap(TrapKind.UndefinedElement));

        _cil.LoadLocal(table);
        Emit(index);
        _cil.Emit(OpCodes.Ldelem_Ref);
        _cil.StoreLocal(Callee());
        _cil.LoadLocal(Callee());
        _cil.Branch(OpCodes.Brfalse, Trap(TrapKind.UninitializedElement));

        // A function that has no code yet has no type yet either, so that one compare finds both.
        var load = new PendingLoad(_cil.DefineLabel(), _cil.DefineLabel(), type);
        _loads.Add(load);
        _cil.LoadLocal(Callee());
        _cil.Field(OpCodes.Ldfld, Members.FunctionTypeId);
        _cil.Int(type.Id);
        _cil.Branch(OpCodes.Bne_Un, load.Label);
        _cil.Mark(load.Back);
        CallReference(type, arguments, tail);
        EndCall(type, tail);
    }

    /// <summary>At the end, out of the way: elements that do not have the type that is called for.</summary>
    private void EmitLoads()
    {
        foreach (var load in _loads)
        {
            _cil.Mark(load.Label);
            _cil.LoadLocal(Callee());
            _cil.Int(load.Type.Id);
            _cil.Call(Members.LoadElement);
            _cil.Branch(OpCodes.Br, load.Back);
        }
    }

    private int Callee() => _calleeLocal < 0 ? _calleeLocal = _cil.DeclareLocal(typeof(WasmFunction)) : _calleeLocal;

    private void LoadTable(int index)
    {
        _cil.LoadArgument(0);
        if (index == 0)
        {
            _cil.Field(OpCodes.Ldfld, Members.InstanceTable);
            return;
        }

        _cil.Field(OpCodes.Ldfld, Members.InstanceTables);
        _cil.Int(index);
        _cil.Emit(OpCodes.Ldelem_Ref);
    }

    private Expression[] BeginCall(FunctionType type, bool tail)
    {
        _calls |= !tail;
        _tailCalls |= tail;
        var arguments = Pop(type.Parameters.Length);

        // The callee can change anything but this function's locals.
        FlushReads(Reads.Memory | Reads.Globals);
        if (tail)
        {
            SkipTo(_blocks[0]);
        }

        StoreFuel();
        return arguments;
    }

    /// <summary>The depth left, then the guest's arguments. A tail call takes its caller's place, so it nests no deeper.</summary>
    private void Arguments(Expression[] arguments, bool tail)
    {
        _cil.LoadArgument(1);
        if (!tail)
        {
            _cil.Int(1);
            _cil.Emit(OpCodes.Sub);
        }

        Array.ForEach(arguments, Emit);
    }

    private void Prefix(bool tail)
    {
        if (tail)
        {
            _cil.Emit(OpCodes.Tailcall);
        }
    }

    /// <summary>Calls the function in the callee local, whose type was checked when it was linked or just now.</summary>
    private void CallReference(FunctionType type, Expression[] arguments, bool tail)
    {
        _cil.LoadLocal(Callee());
        _cil.Field(OpCodes.Ldfld, Members.FunctionTarget);
        Arguments(arguments, tail);
        _cil.LoadLocal(Callee());
        _cil.Field(OpCodes.Ldfld, Members.FunctionCode);
        Prefix(tail);
        _cil.CallIndirect(new CilSignature(ClrTypes.Return(type), ClrTypes.Parameters(type, typeof(CallTarget))));
    }

    private void EndCall(FunctionType type, bool tail)
    {
        if (tail)
        {
            _cil.Emit(OpCodes.Ret);
            return;
        }

        PushResult(type.Results.Length == 0 ? ValType.None : type.Results[0]);
        for (var i = 1; i < type.Results.Length; i++)
        {
            _cil.LoadLocal(_store);
            _cil.Int(i);
            _cil.Call(Members.ScratchReader(type.Results[i]));
            PushResult(type.Results[i]);
        }

        Reload();
    }
}
