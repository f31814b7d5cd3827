namespace PluginHost.Capabilities;

/// <summary>Where a grant was written down: a denial tells people what to write there.</summary>
internal enum GrantSource
{
    /// <summary><c>skill.toml</c> alone.</summary>
    Manifest,

    /// <summary><c>skill.toml</c>, narrowed by <c>assets/capabilities.toml</c>.</summary>
    CapabilitiesFile,

    /// <summary>Options of the command line, for a bare module.</summary>
    CommandLine,
}
