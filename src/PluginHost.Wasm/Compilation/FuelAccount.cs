using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Writes charges and stops of one method. Fuel lives in a local, which is stored before anything that leaves the method: a
/// call, a trap or the end. The floor is read as volatile, because another thread raises it.
/// </summary>
/// <param name="Metering">Whether fuel is charged at all.</param>
/// <param name="Store">The local that holds the store.</param>
/// <param name="Fuel">The local that holds the fuel.</param>
/// <param name="Stop">The label of the trap.</param>
/// <param name="MemoryLength">The local that holds the memory's size.</param>
internal sealed record FuelAccount(bool Metering, int Store, int Fuel, int Stop, int MemoryLength)
{
    /// <summary>Whether the function knows the memory's size.</summary>
    public bool KnowsMemoryLength { get; set; }

    public void Write(ILGenerator il, LocalBuilder[] locals, Label[] labels, long price, bool check)
    {
        if (Metering && price != 0)
        {
            il.Emit(OpCodes.Ldloc, locals[Fuel]);
            il.Emit(OpCodes.Ldc_I8, price);
            il.Emit(OpCodes.Sub);
            il.Emit(OpCodes.Stloc, locals[Fuel]);
        }

        if (!check)
        {
            return;
        }

        if (Metering)
        {
            il.Emit(OpCodes.Ldloc, locals[Fuel]);
        }
        else if (KnowsMemoryLength)
        {
            // Without metering the floor is zero until somebody raises it to more than any size. Processors compare a register with
            // memory, and branch, in one step; not so a constant.
            il.Emit(OpCodes.Ldloc, locals[MemoryLength]);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Conv_I8);
        }

        il.Emit(OpCodes.Ldloc, locals[Store]);
        il.Emit(OpCodes.Volatile);
        il.Emit(OpCodes.Ldfld, Members.StoreFuelFloor);
        il.Emit(OpCodes.Blt, labels[Stop]);
    }
}
