using System.Collections.Immutable;
using PluginHost.Gate;

namespace PluginHost.Sandbox;

/// <summary>A call of one skill's tool by another, on the thread and out of the quotas of the caller's call.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Input">Its input.</param>
/// <param name="Caller">The call that makes it: outside, the callee may do no more, and what it records, logs and draws is the caller's.</param>
/// <param name="Chain">Ids of the skills that called each other, the outermost first.</param>
/// <param name="Fuel">What the caller has left.</param>
/// <param name="MemoryBytes">What the caller has left.</param>
internal sealed record NestedCall(
    string Tool, byte[] Input, GuestCall Caller, ImmutableArray<string> Chain, long Fuel, long MemoryBytes);
