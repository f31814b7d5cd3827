namespace PluginHost;

/// <summary>What is demanded of the provenance of packages. The defaults demand what the format does.</summary>
public sealed class ProvenanceOptions
{
    /// <summary>
    /// The SLSA build level that a package must reach, 0 to 3. 0 is any provenance that the format allows, 1 an in-toto statement whose subjects are
    /// the package's modules, more is what a builder listed below signed.
    /// </summary>
    public int MinimumLevel { get; set; }

    /// <summary>Builders whose signature counts.</summary>
    public IList<ProvenanceBuilder> Builders { get; } = [];

    /// <summary>Where the skills of a publisher are built from, by publisher. What says something else is refused.</summary>
    public IDictionary<string, ProvenanceExpectation> Sources { get; } = new Dictionary<string, ProvenanceExpectation>(StringComparer.Ordinal);
}
