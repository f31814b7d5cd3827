namespace PluginHost;

/// <summary>Whom the host believes about skills beside their publishers, and what it demands of them. The defaults believe nobody and demand nothing.</summary>
public sealed class ChainOptions
{
    /// <summary>Auditors, vouchers and builders with whom trust begins: the operator's own word.</summary>
    public IList<SkillNarrator> Narrators { get; } = [];

    /// <summary>A bundle of vouches for keys, one envelope on a line. Absent means that nobody is vouched for. It is read again when it changed.</summary>
    public string? TrustBundleFile { get; set; }

    /// <summary>Which logs and witnesses count (c2sp.org/tlog-policy). Absent means that none does. It is read again when it changed.</summary>
    public string? LogPolicyFile { get; set; }

    /// <summary>
    /// How long ago the last witness may have cosigned the log of a registry when it is followed. Absent means any time: the registry's own timestamp tells whether
    /// it is fresh. It needs witnesses, and a log whose operator has them cosign as often.
    /// </summary>
    public TimeSpan? LogMaxAge { get; set; }

    /// <summary>Keys whose good word does not count, 64 hexadecimal digits each. What they say against a skill still does.</summary>
    public ISet<string> DistrustedKeys { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What a chain needs, by how much power the skill asks for. What is not named demands nothing.</summary>
    public IDictionary<SkillExposure, ChainRequirement> Requirements { get; } = new Dictionary<SkillExposure, ChainRequirement>();

    /// <summary>
    /// The score, 0 to 100, below which a person is asked whatever policy, inherited consent or installation would allow, by how much power the skill
    /// asks for. Empty means that no score is asked for; 30, 55 and 75 are a good beginning.
    /// </summary>
    public IDictionary<SkillExposure, int> ScoreThresholds { get; } = new Dictionary<SkillExposure, int>();
}
