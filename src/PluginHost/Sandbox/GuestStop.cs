namespace PluginHost.Sandbox;

/// <summary>Why a call was ended against the guest's will.</summary>
/// <param name="Code">The code, for instance <c>limit.fuel</c> or <c>trap.unreachable</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Stack">Guest functions on the stack, innermost first.</param>
internal sealed record GuestStop(string Code, string Message, IReadOnlyList<string> Stack);
