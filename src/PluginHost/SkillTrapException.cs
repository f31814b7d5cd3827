namespace PluginHost;

/// <summary>A guest trapped: it did what WebAssembly forbids, or ended itself. Codes begin with <c>trap.</c></summary>
public sealed class SkillTrapException : SkillException, ISkillCallFailure
{
    internal SkillTrapException(string code, string message, SkillCallReceipt receipt, IReadOnlyList<string> stack)
        : base(code, message)
    {
        Receipt = receipt;
        GuestStack = stack;
    }

    /// <summary>What the call used until then.</summary>
    public SkillCallReceipt Receipt { get; }

    /// <summary>Guest functions on the stack, innermost first. Names were chosen by the guest.</summary>
    public IReadOnlyList<string> GuestStack { get; }
}
