using PluginHost.Capabilities;

namespace PluginHost.Gate;

/// <summary>A demand that was refused.</summary>
internal sealed record Denial(Capability Capability, string Resource, string Rule, string SmallestGrant);
