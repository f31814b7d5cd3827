using System.Collections.Immutable;
using PluginHost.Capabilities;

namespace PluginHost.Sandbox;

/// <summary>A call of one skill's tool by another, on the thread and out of the quotas of the caller's call.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Input">Its input.</param>
/// <param name="Caller">What the caller may do: outside, the callee may do no more.</param>
/// <param name="Context">On whose behalf.</param>
/// <param name="Chain">Ids of the skills that called each other, the outermost first.</param>
/// <param name="Fuel">What the caller has left.</param>
/// <param name="MemoryBytes">What the caller has left.</param>
/// <param name="Stop">Cancelled when the caller's call has to stop.</param>
internal sealed record NestedCall(
    string Tool, byte[] Input, EffectiveGrant Caller, CallContext Context, ImmutableArray<string> Chain, long Fuel, long MemoryBytes, CancellationToken Stop);
