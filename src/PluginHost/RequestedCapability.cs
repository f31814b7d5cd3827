using PluginHost.Capabilities;

namespace PluginHost;

/// <summary>Something that a skill asks for beyond what every skill may do.</summary>
/// <param name="Capability">What.</param>
/// <param name="Resource">On what, for instance <c>https://api.example.com:443/v1/</c>.</param>
/// <param name="Detail">How it is narrowed, or what it is used for.</param>
/// <param name="Tools">The tools that get it.</param>
public sealed record RequestedCapability(Capability Capability, string Resource, string Detail, IReadOnlyList<string> Tools);
