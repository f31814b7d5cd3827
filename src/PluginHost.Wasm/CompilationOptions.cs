namespace PluginHost.Wasm;

/// <summary>How a module is compiled.</summary>
public sealed record CompilationOptions
{
    /// <summary>Whether the code charges fuel. Without it, deadline and cancellation still stop every loop.</summary>
    public bool Metering { get; init; } = true;

    /// <summary>
    /// Bytes of CIL, the intermediate code, that the functions called so far may come to; three to six for a byte of the
    /// module. Machine code takes about twice as many.
    /// </summary>
    public long CodeBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Compiles every function the way functions beyond the budget of the JIT are: for tests of that path.</summary>
    internal bool ForceFallback { get; init; }

    /// <summary>Charges each basic block by itself: for tests that the fewer charges come to the same.</summary>
    internal bool ChargeEachBlock { get; init; }
}
