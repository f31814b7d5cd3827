using System.Collections.Immutable;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <summary>One open block of the validation algorithm (spec appendix A.4).</summary>
/// <param name="Code">The instruction that opened it; <c>block</c> for the function itself.</param>
/// <param name="Type">Its type.</param>
/// <param name="Height">Height of the operand stack below its parameters.</param>
/// <param name="Live">Whether it was entered from reachable code.</param>
internal record struct ControlFrame(Opcode Code, FunctionType Type, int Height, bool Live)
{
    /// <summary>Whether the rest of the block cannot be reached.</summary>
    public bool Unreachable { get; set; }

    public readonly ImmutableArray<ValType> LabelTypes => Code == Opcode.Loop ? Type.Parameters : Type.Results;
}
