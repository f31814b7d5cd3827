using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>A demand of a guest that was refused. It is on record.</summary>
/// <param name="Capability">What was asked for.</param>
/// <param name="Resource">On what, in canonical form.</param>
/// <param name="Rule">The rule that refused.</param>
/// <param name="SmallestGrant">The smallest grant that would allow it, in words of the manifest.</param>
public sealed record CapabilityDenial(Capability Capability, string Resource, string Rule, string SmallestGrant);
