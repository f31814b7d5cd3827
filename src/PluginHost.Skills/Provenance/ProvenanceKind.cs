namespace PluginHost.Skills.Provenance;

/// <summary>How much a package's provenance says.</summary>
internal enum ProvenanceKind
{
    /// <summary>A builder and subjects, nothing that could be checked against the bytes.</summary>
    Minimal,

    /// <summary>An in-toto statement whose subjects are the package's modules.</summary>
    Statement,
}
