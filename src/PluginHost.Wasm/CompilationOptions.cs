namespace PluginHost.Wasm;

/// <summary>How a module is compiled.</summary>
public sealed record CompilationOptions
{
    /// <summary>Whether the code charges fuel. Without it, deadline and cancellation still stop every loop.</summary>
    public bool Metering { get; init; } = true;

    /// <summary>Compiles every function the way functions beyond the budget of the JIT are: for tests of that path.</summary>
    internal bool ForceFallback { get; init; }
}
