using System.Collections.Immutable;

namespace PluginHost.Skills.Sbom;

/// <summary>What a package's bill of materials says, once it was compared with the package.</summary>
/// <param name="SpecVersion">The version of CycloneDX that it names.</param>
/// <param name="IsChecked">Whether that version's schema is known, and was found to hold.</param>
/// <param name="Components">What it lists, at every depth.</param>
/// <param name="BoundModules">Modules of the package that a component has the SHA-256 of.</param>
/// <param name="UnboundModules">Modules that none has.</param>
internal sealed record SbomReport(
    string SpecVersion, bool IsChecked, ImmutableArray<SbomComponent> Components, ImmutableArray<string> BoundModules, ImmutableArray<string> UnboundModules);
