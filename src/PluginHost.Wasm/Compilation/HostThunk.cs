using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>The way from compiled code to a function of the host: a typed delegate where one can stand for the type, else an array of values.</summary>
internal static class HostThunk
{
    public static void Emit(ILGenerator il, FunctionType type, bool metering)
    {
        if (HostDelegates.Find(type) is { } delegateType)
        {
            var untyped = il.DefineLabel();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, Members.HostTyped);
            il.Emit(OpCodes.Brfalse, untyped);
            EmitTyped(il, type, delegateType, metering);
            il.MarkLabel(untyped);
        }

        EmitUntyped(il, type);
    }

    private static void EmitTyped(ILGenerator il, FunctionType type, Type delegateType, bool metering)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.HostTyped);

        // Linking has compared the types, and a delegate type stands for one function type only.
        il.Emit(OpCodes.Call, Members.AsDelegate.MakeGenericMethod(delegateType));
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, metering ? Members.HostEnterMetered : Members.HostEnter);
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)(i + 2));
        }

        il.Emit(OpCodes.Callvirt, delegateType.GetMethod("Invoke")!);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitUntyped(ILGenerator il, FunctionType type)
    {
        var values = il.DeclareLocal(typeof(WasmValue[]));
        il.Emit(OpCodes.Ldc_I4, type.Parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(WasmValue));
        il.Emit(OpCodes.Stloc, values);
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldloc, values);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, (short)(i + 2));
            il.Emit(OpCodes.Call, Members.ValueWriter(type.Parameters[i]));
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldloc, values);
        il.Emit(OpCodes.Call, Members.HostCall);
        il.Emit(OpCodes.Stloc, values);
        for (var i = type.Results.Length - 1; i >= 0; i--)
        {
            il.Emit(OpCodes.Ldloc, values);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, Members.ValueReader(type.Results[i]));
            if (i > 0)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, Members.TargetStore);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Call, Members.ScratchWriter(type.Results[i]));
            }
        }

        il.Emit(OpCodes.Ret);
    }
}
