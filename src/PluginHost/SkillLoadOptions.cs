namespace PluginHost;

/// <summary>What one skill is given at its load.</summary>
public sealed class SkillLoadOptions
{
    /// <summary>Directories of the machine, by the root of the manifest in whose place they stand. Other roots live in memory.</summary>
    public IDictionary<string, MappedDirectory> Directories { get; } = new Dictionary<string, MappedDirectory>(StringComparer.Ordinal);

    /// <summary>Values of environment variables; the skill sees those whose keys it asked for.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Settings that are no secrets, as Extism's <c>config_get</c> reads them.</summary>
    public IDictionary<string, string> Config { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether this load may go back: to an older version than one that was accepted here, to other bytes for the same version, or to less
    /// provenance. It is put on record. Off by default.
    /// </summary>
    public bool AllowDowngrade { get; set; }

    /// <summary>
    /// For an installation: the payload digest that a person has looked at and wants, though its score is below the one that is asked for
    /// (<see cref="ChainOptions.ScoreThresholds"/>). It is no consent: that is asked for when the skill is loaded.
    /// </summary>
    public string? ApprovedPayload { get; set; }
}
