using System.Reflection;
using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>Writes a compiled function into a type that is being made for it.</summary>
internal sealed class FunctionEmitter(TypeBuilder container, Type instance, int index, FunctionType type)
{
    /// <summary>Bytes beyond which a frame is so large that the stack is checked before it is entered.</summary>
    private const int LargeFrame = 16 * 1024;

    /// <summary>Name of its method. Traps read the function's index from it.</summary>
    public string Name { get; } = $"f{index}";

    public void Emit(CompiledFunction function, bool forceFallback)
    {
        var fallback = forceFallback || !JitBudget.Allows(function.Cil, function.LoopDepth);
        var entry = Define(Name);
        var method = entry;
        var frame = FrameBound(function, fallback);
        if (frame > LargeFrame)
        {
            EmitLargeFrame(entry.GetILGenerator(), method = Define($"body{index}"), frame, function.TailCalls);
        }

        if (fallback)
        {
            method.SetImplementationFlags(MethodImplAttributes.NoInlining | MethodImplAttributes.NoOptimization);
        }

        new CilWriter(method.GetILGenerator(), function.Cil, function.Fuel, function.Stack, entry).Write();
    }

    /// <summary>Without inlining every guest function has a frame of its own: in traps, and in the count of nested calls.</summary>
    private MethodBuilder Define(string name)
    {
        var method = container.DefineMethod(
            name, MethodAttributes.Static | MethodAttributes.Assembly, ClrTypes.Return(type), ClrTypes.Parameters(type, instance));
        method.SetImplementationFlags(MethodImplAttributes.NoInlining);
        return method;
    }

    /// <summary>
    /// The CLR clears a frame as it enters a method, before any check in it could run. So a method with a large frame
    /// stands behind a small one that asks for the room first.
    /// </summary>
    private void EmitLargeFrame(ILGenerator il, MethodBuilder body, long frame, bool tailCalls)
    {
        var anchor = il.DeclareLocal(typeof(int));
        var enough = il.DefineLabel();
        il.Emit(OpCodes.Ldloca, anchor);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.TargetStore);
        il.Emit(OpCodes.Ldfld, Members.StoreStackLimit);
        il.Emit(OpCodes.Ldc_I8, frame);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Bge_Un, enough);
        il.Emit(OpCodes.Call, Members.Method(typeof(Traps), nameof(Traps.HostStackExhausted)));
        il.MarkLabel(enough);
        for (var i = 0; i < type.Parameters.Length + 2; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        if (tailCalls)
        {
            // Otherwise each of its tail calls would leave this frame behind.
            il.Emit(OpCodes.Tailcall);
        }

        il.Emit(OpCodes.Call, body);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>
    /// Every local has a place in the frame. Without optimization so has the value of every call that waits for another, and
    /// what the JIT makes of a conversion; the rest of the instructions is charged a little for what is not known here.
    /// </summary>
    private long FrameBound(CompiledFunction function, bool fallback)
    {
        const int local = 16, call = 24, conversion = 40, other = 2;
        var instructions = function.Cil.Instructions;
        var calls = instructions.Count(i => i.Operand is CilOperand.Method or CilOperand.CallIndirect or CilOperand.Self);
        var conversions = instructions.Count(i => i.Code == OpCodes.Conv_I4 || i.Code == OpCodes.Conv_U4 || i.Code == OpCodes.Conv_I8 || i.Code == OpCodes.Conv_U8);
        var rest = fallback ? instructions.Count : 0;
        return ((long)local * (function.Cil.Locals.Count + type.Parameters.Length))
            + ((long)call * calls) + ((long)conversion * conversions) + ((long)other * rest);
    }
}
