namespace PluginHost.Skills.Artifacts;

/// <summary>What goes into a package.</summary>
/// <param name="Manifest">Text of <c>skill.toml</c> as the author wrote it.</param>
/// <param name="Sbom">CycloneDX document.</param>
/// <param name="Provenance">Provenance document; null lets the builder say what it knows: that it packed these files.</param>
/// <param name="Files">Modules and assets, by their path in the package.</param>
internal sealed record PackageContent(byte[] Manifest, byte[] Sbom, byte[]? Provenance, IReadOnlyList<ArchiveEntry> Files);
