using System.Reflection.Emit;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Decides whether the JIT may optimize a method. Its time grows faster than the method for some shapes, and nothing can
/// interrupt it; beyond its own limits it silently gives up optimizing anyway, with larger frames. So methods beyond
/// these numbers are compiled without optimization from the start: linear in time, slower to run, never wrong.
/// </summary>
internal static class JitBudget
{
    private const int MaxInstructions = 19_000;
    private const int MaxReferences = 7_500;
    private const int MaxBlocks = 1_800;
    private const int MaxLocals = 1_800;
    private const int MaxBytes = 57_000;

    /// <summary>Nested loops make flow analysis superlinear: blocks times loop depth.</summary>
    private const int MaxLoopWeight = 20_000;

    /// <summary>Bytes of the CIL, about.</summary>
    public static long Bytes(CilBuffer buffer) => buffer.Instructions.Sum(i => (long)i.Code.Size + OperandBytes(i));

    public static bool Allows(CilBuffer buffer, int loopDepth)
    {
        int references = 0, blocks = 1, bytes = 0;
        foreach (var i in buffer.Instructions)
        {
            bytes += i.Code.Size + OperandBytes(i);
            switch (i.Operand)
            {
                case CilOperand.Local or CilOperand.Argument:
                    references++;
                    break;
                case CilOperand.Label or CilOperand.Mark:
                    blocks++;
                    break;
                case CilOperand.Charge:
                    references += 4;
                    blocks++;
                    break;
                case CilOperand.Switch:
                    blocks += ((int[])i.Item!).Length;
                    break;
            }
        }

        return buffer.Instructions.Count <= MaxInstructions
            && references <= MaxReferences
            && blocks <= MaxBlocks
            && bytes <= MaxBytes
            && buffer.Locals.Count <= MaxLocals
            && (long)loopDepth * blocks <= MaxLoopWeight;
    }

    private static int OperandBytes(CilInstruction i) => i.Operand switch
    {
        CilOperand.None or CilOperand.Nothing or CilOperand.Mark or CilOperand.StackCheck or CilOperand.HideRotation => 0,
        CilOperand.Int64 or CilOperand.Float64 or CilOperand.Bound => 8,
        CilOperand.Local or CilOperand.Argument => 1,
        CilOperand.Switch => 4 + (4 * ((int[])i.Item!).Length),
        CilOperand.Charge => 30,
        _ => i.Code.OperandType == OperandType.InlineNone ? 0 : 4,
    };
}
