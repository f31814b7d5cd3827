namespace PluginHost;

/// <summary>
/// A guest reported failure by itself: <c>guest.error</c> with its text, <c>guest.exit</c> with its exit code; or a host function that it called threw,
/// <c>guest.host-function</c>, with what it threw as the inner exception. Its text was
/// chosen by the guest and must be escaped before it is shown.
/// </summary>
public sealed class SkillGuestException : SkillException, ISkillCallFailure
{
    internal SkillGuestException(string code, string message, int exitCode, string standardError, SkillCallReceipt receipt, Exception? inner = null)
        : base(code, message, inner)
    {
        ExitCode = exitCode;
        StandardError = standardError;
        Receipt = receipt;
    }

    /// <summary>The program's exit code; 0 where it reported by text.</summary>
    public int ExitCode { get; }

    /// <summary>What the program wrote to standard error.</summary>
    public string StandardError { get; }

    /// <summary>What the call used, and the demands that were denied in it: often the reason of the failure.</summary>
    public SkillCallReceipt Receipt { get; }
}
