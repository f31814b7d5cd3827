using System.Reflection;
using System.Reflection.Emit;

namespace PluginHost.Wasm.Runtime;

/// <summary>The way from a delegate of the host into compiled code, made once for each delegate type.</summary>
internal static class TypedEntry<T>
    where T : Delegate
{
    private static readonly DynamicMethod Method = Emit();

    public static T For(WasmFunction function) => Method.CreateDelegate<T>(function);

    private static DynamicMethod Emit()
    {
        var type = HostDelegates.TypeOf(typeof(T), skip: 0)!;
        Type[] parameters = [typeof(WasmFunction), .. type.Parameters.Select(ClrTypes.Of)];
        var method = new DynamicMethod("enter", ClrTypes.Return(type), parameters, typeof(TypedEntry<T>).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var begun = il.DeclareLocal(typeof(int));
        var result = type.Results.Length > 0 ? il.DeclareLocal(ClrTypes.Return(type)) : null;
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Members.StoreBegin);
        il.Emit(OpCodes.Stloc, begun);
        il.BeginExceptionBlock();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
        il.Emit(OpCodes.Ldloc, begun);
        il.Emit(OpCodes.Call, Members.StoreDepth);
        for (var i = 1; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.FunctionCode);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, ClrTypes.Return(type), ClrTypes.Parameters(type, typeof(CallTarget)), null);
        if (result is not null)
        {
            il.Emit(OpCodes.Stloc, result);
        }

        il.BeginFinallyBlock();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldloc, begun);
        il.Emit(OpCodes.Call, Members.StoreEnd);
        il.EndExceptionBlock();
        if (result is not null)
        {
            il.Emit(OpCodes.Ldloc, result);
        }

        il.Emit(OpCodes.Ret);
        return method;
    }
}
