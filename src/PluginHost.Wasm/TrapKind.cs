namespace PluginHost.Wasm;

/// <summary>Why a guest was stopped.</summary>
public enum TrapKind
{
    /// <summary>It executed <c>unreachable</c>.</summary>
    Unreachable,

    /// <summary>It touched memory beyond the end, or a data segment beyond its own.</summary>
    MemoryOutOfBounds,

    /// <summary>It touched a table beyond the end, or an element segment beyond its own.</summary>
    TableOutOfBounds,

    /// <summary><c>call_indirect</c> with an index beyond the table.</summary>
    UndefinedElement,

    /// <summary><c>call_indirect</c> of a null reference.</summary>
    UninitializedElement,

    /// <summary><c>call_indirect</c> of a function of another type.</summary>
    IndirectCallTypeMismatch,

    /// <summary>An integer division by zero.</summary>
    IntegerDivideByZero,

    /// <summary>An integer result that its type cannot hold.</summary>
    IntegerOverflow,

    /// <summary>A NaN converted to an integer.</summary>
    InvalidConversionToInteger,

    /// <summary>Calls nested deeper than <see cref="StoreOptions.CallDepth"/>.</summary>
    CallStackExhausted,

    /// <summary>Calls nested deeper than the thread's stack allows: a limit of the host, not of the guest's program.</summary>
    HostStackExhausted,

    /// <summary>A function, or those called so far together, would come to more compiled code than allowed.</summary>
    CodeLimit,

    /// <summary>The fuel is used up.</summary>
    OutOfFuel,

    /// <summary>The deadline passed, or somebody asked the guest to stop.</summary>
    Interrupted,
}
