using System.Reflection.Emit;

namespace PluginHost.Wasm.Compilation;

/// <summary>One recorded instruction.</summary>
/// <param name="Code">The opcode.</param>
/// <param name="Operand">Which of the operands counts.</param>
/// <param name="Number">A constant's bits, or the index of a local, argument or label.</param>
/// <param name="Item">A member, a signature or the labels of a switch.</param>
internal record struct CilInstruction(OpCode Code, CilOperand Operand, long Number = 0, object? Item = null);
