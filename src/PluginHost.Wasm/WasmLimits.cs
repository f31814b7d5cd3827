namespace PluginHost.Wasm;

/// <summary>
/// What a module may at most contain. The defaults follow the limits that the JavaScript embedding agreed on, lowered
/// where an entry costs this engine more than a few bytes.
/// </summary>
public sealed record WasmLimits
{
    /// <summary>The defaults.</summary>
    public static WasmLimits Default { get; } = new();

    /// <summary>Proposals beyond WebAssembly 2.0 that a module may use.</summary>
    public WasmFeatures Features { get; init; } = WasmFeatures.All;

    /// <summary>Bytes of a module.</summary>
    public int ModuleBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Function types.</summary>
    public int Types { get; init; } = 100_000;

    /// <summary>Functions, imported ones included.</summary>
    public int Functions { get; init; } = 1_000_000;

    /// <summary>Imports.</summary>
    public int Imports { get; init; } = 100_000;

    /// <summary>Exports.</summary>
    public int Exports { get; init; } = 100_000;

    /// <summary>Globals, imported ones included.</summary>
    public int Globals { get; init; } = 100_000;

    /// <summary>Tables, imported ones included.</summary>
    public int Tables { get; init; } = 1_000;

    /// <summary>Memories, imported ones included.</summary>
    public int Memories { get; init; } = 100;

    /// <summary>Element segments and data segments, each.</summary>
    public int Segments { get; init; } = 100_000;

    /// <summary>Elements of all element segments together.</summary>
    public int SegmentElements { get; init; } = 10_000_000;

    /// <summary>Custom sections.</summary>
    public int CustomSections { get; init; } = 10_000;

    /// <summary>Operators in all constant expressions together (extended-const proposal).</summary>
    public int ConstantOperators { get; init; } = 1_000_000;

    /// <summary>Bytes of one function's body.</summary>
    public int FunctionBytes { get; init; } = 7_654_321;

    /// <summary>Locals of one function, parameters included.</summary>
    public int Locals { get; init; } = 50_000;

    /// <summary>Parameters of one function type.</summary>
    public int Parameters { get; init; } = 1_000;

    /// <summary>Results of one function type.</summary>
    public int Results { get; init; } = 1_000;

    /// <summary>Nesting depth of blocks in one function.</summary>
    public int Nesting { get; init; } = 20_000;

    /// <summary>Values on the operand stack of one function.</summary>
    public int OperandStack { get; init; } = 50_000;

    /// <summary>Targets of one <c>br_table</c>.</summary>
    public int BranchTargets { get; init; } = 65_520;

    /// <summary>Bytes of one name.</summary>
    public int NameBytes { get; init; } = 100_000;
}
