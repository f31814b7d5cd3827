using PluginHost.Sandbox;

namespace PluginHost.Hosting;

/// <summary>Turns what came of a call into a result or the typed error that tells it.</summary>
internal static class CallOutcome
{
    /// <exception cref="SkillException">The call was ended, or the guest reported failure.</exception>
    public static SkillCallResult Of(GuestResult result, byte[] output, string standardError)
    {
        var receipt = new SkillCallReceipt
        {
            CallId = result.CallId,
            Time = result.Time,
            HostTime = result.HostTime,
            BytesIn = result.BytesIn,
            BytesOut = result.BytesOut,
            HostCalls = result.HostCalls,
            Fuel = result.Fuel,
            PeakMemoryBytes = result.PeakMemoryBytes,
            Denials = result.Denials,
        };
        return result.Stop switch
        {
            { Cause: CapabilityDeniedException denied } => throw new CapabilityDeniedException(denied, receipt),
            { Code: GuestStop.Output } stop => throw new SkillSchemaException("output", stop.Message, receipt),
            { Code: GuestStop.Function } stop => throw new SkillGuestException(stop.Code, stop.Message, 0, standardError, receipt, stop.Cause),
            { Code: "guest.error" } stop => throw new SkillGuestException(stop.Code, stop.Message, 0, standardError, receipt),
            { Code: var code } stop when code.StartsWith("limit.", StringComparison.Ordinal) => throw new SkillLimitException(code, stop.Message, receipt, stop.Stack),
            { } stop => throw new SkillTrapException(stop.Code, stop.Message, receipt, stop.Stack),
            null when result.ExitCode != 0 => throw new SkillGuestException("guest.exit", $"the program ended with exit code {result.ExitCode}", result.ExitCode, standardError, receipt),
            null => new SkillCallResult { Output = output, StandardError = standardError, Receipt = receipt },
        };
    }
}
