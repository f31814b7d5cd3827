namespace PluginHost.Sandbox;

/// <summary>Why a call was ended against the guest's will, or that the guest reported failure.</summary>
/// <param name="Code">The code, for instance <c>limit.fuel</c> or <c>trap.unreachable</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Stack">Guest functions on the stack, innermost first.</param>
/// <param name="Cause">What ended it, where that tells more.</param>
internal sealed record GuestStop(string Code, string Message, IReadOnlyList<string> Stack, Exception? Cause = null)
{
    public const string Time = "limit.time";
    public const string Function = "guest.host-function";
    public const string Output = "guest.output";
}
