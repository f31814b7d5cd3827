using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Validation;

/// <summary>
/// Receives a function's instructions while they are validated, reachable code only: whatever consumes them sees typed
/// programs and never has to think about dead code. The instruction object is only lent for the call.
/// </summary>
internal interface IFunctionSink
{
    /// <summary>Called once, before everything else, with the types of parameters and locals.</summary>
    void Begin(FunctionType type, ReadOnlySpan<ValType> locals);

    /// <summary>Any instruction that neither opens nor closes a block.</summary>
    void Plain(Instruction instruction);

    /// <summary><c>block</c>, <c>loop</c> or <c>if</c>.</summary>
    void Enter(Instruction instruction, FunctionType type);

    /// <summary>The <c>else</c> of an <c>if</c> that was entered.</summary>
    /// <param name="reachable">Whether control reaches the end of the first arm.</param>
    void Else(bool reachable);

    /// <summary>The end of a block that was entered, or of the function.</summary>
    /// <param name="reachable">Whether control reaches it by falling through.</param>
    void End(bool reachable);
}
