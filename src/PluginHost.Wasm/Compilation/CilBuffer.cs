using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Records the CIL of one method before it is emitted. That allows prices to be filled in later, counts what the JIT's
/// budget is about, and can be printed.
/// </summary>
/// <param name="limit">Instructions at most: a few bytes of a module must not become millions.</param>
internal sealed class CilBuffer(long limit)
{
    /// <summary>Locals at most; the CLR refuses a method with 65,536.</summary>
    private const int MaxLocals = 60_000;

    /// <summary>What a label costs the JIT, which takes time and memory by the basic block, in instructions.</summary>
    private const int LabelWeight = 10;

    private readonly List<CilInstruction> _instructions = [];
    private readonly List<Type> _locals = [];
    private readonly List<long> _prices = [];
    private int _labels;

    public IReadOnlyList<CilInstruction> Instructions => _instructions;

    public IReadOnlyList<Type> Locals => _locals;

    public int Labels => _labels;

    public IReadOnlyList<long> Prices => _prices;

    public int DeclareLocal(Type type)
    {
        if (_locals.Count >= MaxLocals)
        {
            throw new WasmLimitException("GeneratedLocals", _locals.Count + 1L, MaxLocals);
        }

        _locals.Add(type);
        return _locals.Count - 1;
    }

    public int DefineLabel() => _labels++;

    public void Mark(int label) => Add(OpCodes.Nop, CilOperand.Mark, label);

    public void Emit(OpCode code) => Add(code, CilOperand.None);

    /// <summary>The access that follows may be at any address.</summary>
    public void Unaligned() => Add(OpCodes.Unaligned, CilOperand.Byte, 1);

    public void Int(int value) => Add(OpCodes.Ldc_I4, CilOperand.Int32, value);

    public void Long(long value) => Add(OpCodes.Ldc_I8, CilOperand.Int64, value);

    public void Float(float value) => Add(OpCodes.Ldc_R4, CilOperand.Float32, BitConverter.SingleToInt32Bits(value));

    public void Double(double value) => Add(OpCodes.Ldc_R8, CilOperand.Float64, BitConverter.DoubleToInt64Bits(value));

    public void LoadLocal(int local) => Add(OpCodes.Ldloc, CilOperand.Local, local);

    public void StoreLocal(int local) => Add(OpCodes.Stloc, CilOperand.Local, local);

    public void LoadLocalAddress(int local) => Add(OpCodes.Ldloca, CilOperand.Local, local);

    public void LoadArgument(int argument) => Add(OpCodes.Ldarg, CilOperand.Argument, argument);

    public void StoreArgument(int argument) => Add(OpCodes.Starg, CilOperand.Argument, argument);

    public void Branch(OpCode code, int label) => Add(code, CilOperand.Label, label);

    public void Switch(int[] labels) => Add(OpCodes.Switch, CilOperand.Switch, 0, labels);

    public void Field(OpCode code, FieldInfo field) => Add(code, CilOperand.Field, 0, field);

    public void Call(MethodInfo method) => Add(OpCodes.Call, CilOperand.Method, 0, method);

    public void CallSelf() => Add(OpCodes.Call, CilOperand.Self);

    public void CallIndirect(CilSignature signature) => Add(OpCodes.Calli, CilOperand.CallIndirect, 0, signature);

    public void Cast(Type type) => Add(OpCodes.Castclass, CilOperand.Class, 0, type);

    public void NewArray(Type type) => Add(OpCodes.Newarr, CilOperand.Class, 0, type);

    /// <summary>Whether the JIT must not see what <see cref="HideRotation"/> stands behind.</summary>
    public bool HidesRotations { get; set; }

    public void HideRotation(bool wide) => Add(OpCodes.Nop, CilOperand.HideRotation, wide ? 1 : 0);

    /// <summary>A price that is not known yet; it begins at nothing.</summary>
    public int NewPrice()
    {
        _prices.Add(0);
        return _prices.Count - 1;
    }

    public void AddPrice(int price, long fuel) => _prices[price] += fuel;

    /// <summary>Charges a price, which <see cref="AddPrice"/> may still change.</summary>
    /// <param name="price">The price.</param>
    /// <param name="check">Whether the guest may be stopped here.</param>
    public void Charge(int price, bool check) => Add(OpCodes.Nop, CilOperand.Charge, price, check);

    /// <summary>Leaves room for the check of depth and stack; <see cref="NeedStackCheck"/> makes it real.</summary>
    public int StackCheck()
    {
        Add(OpCodes.Nop, CilOperand.StackCheck);
        return _instructions.Count - 1;
    }

    /// <summary>Puts on the stack the last index at which so many bytes lie within the memory, from its length there.</summary>
    /// <returns>The position, for <see cref="SetBound"/>.</returns>
    public int Bound(long bytes)
    {
        Add(OpCodes.Nop, CilOperand.Bound, bytes);
        return _instructions.Count - 1;
    }

    public void SetBound(int position, long bytes) => CollectionsMarshal.AsSpan(_instructions)[position].Number = bytes;

    public void NeedStackCheck(int position) => CollectionsMarshal.AsSpan(_instructions)[position].Number = 1;

    /// <summary>Takes instructions back, which together leave the stack as it is.</summary>
    public void Erase(Range range) => CollectionsMarshal.AsSpan(_instructions)[range].Fill(new CilInstruction(OpCodes.Nop, CilOperand.Nothing));

    private void Add(OpCode code, CilOperand operand, long number = 0, object? item = null)
    {
        var weight = _instructions.Count + ((long)LabelWeight * _labels);
        if (weight >= limit)
        {
            throw new WasmLimitException("GeneratedInstructions", weight + 1, limit);
        }

        _instructions.Add(new CilInstruction(code, operand, number, item));
    }
}
