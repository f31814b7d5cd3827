using System.Reflection;
using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>Writes a recorded method into an <see cref="ILGenerator"/>.</summary>
internal sealed class CilWriter(ILGenerator il, CilBuffer buffer, FuelAccount fuel, StackCheck stack, MethodInfo self)
{
    private LocalBuilder[] _locals = [];
    private Label[] _labels = [];

    public void Write()
    {
        _locals = [.. buffer.Locals.Select(il.DeclareLocal)];
        _labels = [.. Enumerable.Range(0, buffer.Labels).Select(_ => il.DefineLabel())];
        foreach (var instruction in buffer.Instructions)
        {
            Write(instruction);
        }
    }

    private void Write(CilInstruction i)
    {
        switch (i.Operand)
        {
            case CilOperand.None: il.Emit(i.Code); break;
            case CilOperand.Nothing: break;
            case CilOperand.Byte: il.Emit(i.Code, (byte)i.Number); break;
            case CilOperand.Int32: Int((int)i.Number); break;
            case CilOperand.Int64: il.Emit(i.Code, i.Number); break;
            case CilOperand.Float32: il.Emit(i.Code, BitConverter.Int32BitsToSingle((int)i.Number)); break;
            case CilOperand.Float64: il.Emit(i.Code, BitConverter.Int64BitsToDouble(i.Number)); break;
            case CilOperand.Local: il.Emit(i.Code, _locals[i.Number]); break;
            case CilOperand.Argument: Argument(i.Code == OpCodes.Starg, (int)i.Number); break;
            case CilOperand.Label: il.Emit(i.Code, _labels[i.Number]); break;
            case CilOperand.Switch: il.Emit(i.Code, [.. ((int[])i.Item!).Select(label => _labels[label])]); break;
            case CilOperand.Field: il.Emit(i.Code, (FieldInfo)i.Item!); break;
            case CilOperand.Method: il.Emit(i.Code, (MethodInfo)i.Item!); break;
            case CilOperand.Self: il.Emit(i.Code, self); break;
            case CilOperand.Class: il.Emit(i.Code, (Type)i.Item!); break;
            case CilOperand.CallIndirect:
                var signature = (CilSignature)i.Item!;
                il.EmitCalli(i.Code, CallingConventions.Standard, signature.Return, signature.Parameters, null);
                break;
            case CilOperand.Mark: il.MarkLabel(_labels[i.Number]); break;
            case CilOperand.Charge: fuel.Write(il, _locals, _labels, buffer.Prices[(int)i.Number], (bool)i.Item!); break;
            case CilOperand.Bound: Bound(i.Number); break;
            case CilOperand.HideRotation: HideRotation(wide: i.Number != 0); break;
            case CilOperand.StackCheck: stack.Write(il, _locals, _labels, i.Number != 0); break;
            default: throw new ArgumentOutOfRangeException(nameof(i));
        }
    }

    private void Bound(long bytes)
    {
        if (bytes > 1)
        {
            il.Emit(OpCodes.Ldc_I8, bytes - 1);
            il.Emit(OpCodes.Sub);
        }
    }

    /// <summary>Adds a zero that the JIT does not know.</summary>
    private void HideRotation(bool wide)
    {
        if (!buffer.HidesRotations)
        {
            return;
        }

        il.Emit(OpCodes.Ldloc, _locals[fuel.Store]);
        il.Emit(OpCodes.Ldfld, wide ? Members.StoreWideZero : Members.StoreZero);
        il.Emit(OpCodes.Add);
    }

    private void Int(int value)
    {
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue)
        {
            il.Emit(OpCodes.Ldc_I4_S, (sbyte)value);
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, value);
        }
    }

    private void Argument(bool store, int index)
    {
        if (index <= byte.MaxValue)
        {
            il.Emit(store ? OpCodes.Starg_S : OpCodes.Ldarg_S, (byte)index);
        }
        else
        {
            il.Emit(store ? OpCodes.Starg : OpCodes.Ldarg, (short)index);
        }
    }
}
