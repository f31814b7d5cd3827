using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>Something that a tool may do.</summary>
/// <param name="Capability">What.</param>
/// <param name="Resource">On what, in canonical form.</param>
/// <param name="Detail">How it is narrowed.</param>
public sealed record GrantedCapability(Capability Capability, string Resource, string Detail);
