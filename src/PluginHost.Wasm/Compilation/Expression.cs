using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// An operand that was pushed and not evaluated yet. It neither traps nor changes anything: whatever an instruction
/// checks or changes is emitted when it is met, in the order of the program; only the pure rest waits here. Each
/// expression is emitted exactly once.
/// </summary>
internal sealed class Expression
{
    /// <summary>Larger ones are put into a temporary: the JIT's recursion and its working memory grow with them.</summary>
    public const int MaxSize = 24;

    public required ExpressionKind Kind { get; init; }

    public required ValType Type { get; init; }

    /// <summary>Operation, load or comparison.</summary>
    public OpcodeInfo? Operation { get; init; }

    /// <summary>Bits of a constant, offset of a load.</summary>
    public ulong Bits { get; init; }

    /// <summary>High bits of a constant vector.</summary>
    public ulong High { get; init; }

    /// <summary>Index of the local, global or temporary.</summary>
    public int Index { get; init; }

    public Expression? First { get; init; }

    public Expression? Second { get; init; }

    public int Size => 1 + (First?.Size ?? 0) + (Second?.Size ?? 0);

    public Reads Reads => Own | (First?.Reads ?? Reads.None) | (Second?.Reads ?? Reads.None);

    /// <summary>Whether it can wait over any change and any branch.</summary>
    public bool IsStable => Kind is ExpressionKind.Constant or ExpressionKind.Null or ExpressionKind.Temporary;

    private Reads Own => Kind switch
    {
        ExpressionKind.Local => Reads.Locals,
        ExpressionKind.Global => Reads.Globals,
        ExpressionKind.Load or ExpressionKind.MemorySize => Reads.Memory,
        _ => Reads.None,
    };

    public bool ReadsLocal(int local) =>
        (Kind == ExpressionKind.Local && Index == local)
        || First?.ReadsLocal(local) == true
        || Second?.ReadsLocal(local) == true;
}
