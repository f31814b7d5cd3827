using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>The way from the host into compiled code, one adapter for each function type.</summary>
internal static class EntryPoints
{
    private static readonly ConditionalWeakTable<FunctionType, EntryPoint> Known = [];

    public delegate void EntryPoint(WasmFunction function, int depth, WasmValue[] arguments, WasmValue[] results);

    public static EntryPoint For(FunctionType type) => Known.GetValue(type, Emit);

    private static EntryPoint Emit(FunctionType type)
    {
        var method = new DynamicMethod(
            "enter", typeof(void), [typeof(WasmFunction), typeof(int), typeof(WasmValue[]), typeof(WasmValue[])], typeof(EntryPoints).Module, skipVisibility: true);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
        il.Emit(OpCodes.Ldarg_1);
        for (var i = 0; i < type.Parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, Members.ValueReader(type.Parameters[i]));
        }

        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.FunctionCode);
        il.EmitCalli(
            OpCodes.Calli, System.Reflection.CallingConventions.Standard, ClrTypes.Return(type), ClrTypes.Parameters(type, typeof(CallTarget)), null);
        StoreResults(il, type);
        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<EntryPoint>();
    }

    private static void StoreResults(ILGenerator il, FunctionType type)
    {
        if (type.Results.Length == 0)
        {
            return;
        }

        var first = il.DeclareLocal(ClrTypes.Of(type.Results[0]));
        il.Emit(OpCodes.Stloc, first);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ldloc, first);
        il.Emit(OpCodes.Call, Members.ValueWriter(type.Results[0]));
        for (var i = 1; i < type.Results.Length; i++)
        {
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldfld, Members.FunctionTarget);
            il.Emit(OpCodes.Ldfld, Members.TargetStore);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Call, Members.ScratchReader(type.Results[i]));
            il.Emit(OpCodes.Call, Members.ValueWriter(type.Results[i]));
        }
    }
}
