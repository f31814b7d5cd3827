using System.Collections.Immutable;
using PluginHost.Capabilities;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost.Consent;

/// <summary>What one tool may do: manifest and policy intersected. It counts once it was consented to.</summary>
/// <param name="Code">The tool and its code.</param>
/// <param name="Grant">Its grant, still without the files behind the roots.</param>
/// <param name="Roots">The roots it may use.</param>
/// <param name="Limits">What a call of it may use.</param>
internal sealed record ToolGrant(ToolCode Code, EffectiveGrant Grant, ImmutableArray<RootGrant> Roots, GuestLimits Limits);
