using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <summary>An open block of the function being compiled.</summary>
internal sealed class Block
{
    public required Opcode Code { get; set; }

    public required FunctionType Type { get; init; }

    /// <summary>Height of the operand stack below the block's parameters.</summary>
    public required int Height { get; init; }

    /// <summary>Where a branch to the block goes: its start for a loop, otherwise its end. -1 for the function.</summary>
    public required int Label { get; init; }

    /// <summary>Start of the second arm of an <c>if</c>.</summary>
    public int ElseLabel { get; init; } = -1;

    /// <summary>Locals that carry the values of a branch to the label.</summary>
    public int[] LabelLocals { get; set; } = [];

    /// <summary>Locals that keep the parameters of an <c>if</c> for its second arm.</summary>
    public int[] ParameterLocals { get; init; } = [];

    /// <summary>Branches back to the start of a loop.</summary>
    public int BackEdges { get; set; }

    /// <summary>Where further branches back go, at the end of the loop; -1 while there are none.</summary>
    public int BackLabel { get; set; } = -1;

    /// <summary>The block of fuel that was charged when this one was entered. It goes on at the end, unless the block was escaped from.</summary>
    public required FuelBlock Entry { get; init; }

    /// <summary>Whether a conditional branch inside leads past the end.</summary>
    public bool Escaped { get; set; }

    /// <summary>Branches to this block: the blocks of fuel that they leave, how much of those had run, and who is not charged for the rest.</summary>
    public List<(FuelBlock Left, FuelBlock By, long Before)> Skips { get; } = [];

    /// <summary>The addresses known to be valid where the block was entered.</summary>
    public KnownBounds.Fact[] KnownAtEntry { get; set; } = [];

    /// <summary>How often locals had been set there.</summary>
    public int AssignmentsAtEntry { get; set; }

    /// <summary>Whether control comes to the start.</summary>
    public required bool EnteredAlive { get; init; }

    /// <summary>Whether control can come to the label by a branch that is not dead code itself.</summary>
    public bool Alive { get; set; }

    /// <summary>Whether a branch to the label is written.</summary>
    public bool Targeted { get; set; }
}
