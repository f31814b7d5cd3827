using PluginHost.Skills.Dependencies;

namespace PluginHost.Skills.Sbom;

/// <summary>A component that a bill of materials lists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, if it says one.</param>
/// <param name="Url">Its package URL; null where it has none, or none that can be read.</param>
/// <param name="UnreadableUrl">Why its package URL cannot be read.</param>
internal sealed record SbomComponent(string Name, string? Version, PackageUrl? Url, string? UnreadableUrl);
