using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Writes the check at the start of a method that calls others: the calls left, which is the same on every machine, and
/// the stack left, which is not and catches what the first cannot know.
/// </summary>
/// <param name="Store">The local that holds the store.</param>
/// <param name="Anchor">A local whose address tells how deep the stack is.</param>
/// <param name="Exhausted">The label of the trap for calls.</param>
/// <param name="Overflow">The label of the trap for the stack.</param>
internal sealed record StackCheck(int Store, int Anchor, int Exhausted, int Overflow)
{
    public void Write(ILGenerator il, LocalBuilder[] locals, Label[] labels, bool needed)
    {
        if (!needed)
        {
            return;
        }

        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Blt, labels[Exhausted]);
        il.Emit(OpCodes.Ldloca, locals[Anchor]);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloc, locals[Store]);
        il.Emit(OpCodes.Ldfld, Members.StoreStackLimit);
        il.Emit(OpCodes.Blt_Un, labels[Overflow]);
    }
}
