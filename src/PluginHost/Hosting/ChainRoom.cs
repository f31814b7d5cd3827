using System.Collections.Immutable;
using PluginHost.Logs;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Scoring;
using PluginHost.State;

namespace PluginHost.Hosting;

/// <summary>What options say about whom the host believes about skills.</summary>
internal static class ChainRoom
{
    private const int MostPoints = 100;
    private static readonly string[] Roles = ["auditor", "voucher", "builder"];

    /// <summary>Settings with what the options demand of chains.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="options">The options.</param>
    /// <param name="root">Where evidence and what was seen of logs are kept; null for nowhere.</param>
    public static InspectionSettings Settings(InspectionSettings settings, ChainOptions options, StateRoot? root) => settings with
    {
        Chain = new ChainRules
        {
            Narrators = [.. options.Narrators.Select(narrator => new ChainNarrator(narrator.PublicKey.ToLowerInvariant(), narrator.Name, Enum.Parse<ChainRole>(narrator.Role, ignoreCase: true)))],
            Distrusted = [.. options.DistrustedKeys.Select(key => key.ToLowerInvariant())],
            LogMaxAge = options.LogMaxAge,
            Memory = root is null ? null : new LogMemory(root.Logs),
        },
        Demands = options.Requirements.ToImmutableDictionary(
            pair => (Exposure)pair.Key,
            pair => new ChainDemand(pair.Value.Grade is { } grade ? ChainGrades.Find(grade) : null, pair.Value.Auditors, [.. pair.Value.ReviewedBy.Select(key => key.ToLowerInvariant())])),
        KeepProof = root is null ? null : (payload, isKnown, documents) => EvidenceShelf.Keep(root.Evidence, payload, isKnown, documents),
    };

    /// <summary>
    /// Which score is asked for. Where an operator says whom he believes, those of the format; where he says nothing of chains, no skill could reach them, and
    /// a person is asked about each payload anyway.
    /// </summary>
    public static ImmutableDictionary<SkillExposure, int> Thresholds(ChainOptions options)
    {
        var usual = options.Narrators.Count > 0 || options.TrustBundleFile is not null
            ? Enum.GetValues<SkillExposure>().Select(exposure => KeyValuePair.Create(exposure, TrustScore.DefaultThresholds[(int)exposure]))
            : [];
        return usual.ToImmutableDictionary().SetItems(options.ScoreThresholds);
    }

    /// <summary>A judgement in the words of the host.</summary>
    public static SkillScore ScoreOf(SkillJudgement judgement, IReadOnlyDictionary<SkillExposure, int> thresholds)
    {
        var exposure = (SkillExposure)judgement.Exposure;
        return new SkillScore
        {
            Value = judgement.Score.Value,
            Cap = judgement.Score.Cap,
            Grade = ChainGrades.NameOf(judgement.Chain.Grade),
            GradeReason = judgement.Chain.Why,
            IsContradicted = judgement.Chain.Grade == ChainGrade.Contradicted,
            Exposure = exposure,
            Threshold = thresholds.TryGetValue(exposure, out var threshold) ? threshold : null,
            Components = [.. judgement.Score.Components.Select(component => new SkillScoreComponent(component.Name, component.Weight, component.Value, component.Why) { Evidence = component.Evidence })],
        };
    }

    /// <summary>Tells what is wrong with the options.</summary>
    public static void Check(SkillHostOptions options, Action<bool, string> require)
    {
        var chain = options.Chain;
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var narrator in chain.Narrators)
        {
            require(IsKey(narrator.PublicKey), "Chain.Narrators holds a key that is not 64 hexadecimal digits");
            require(keys.Add(narrator.PublicKey), "Chain.Narrators names a key twice: a key has one role");
            require(Roles.Contains(narrator.Role), $"Chain.Narrators holds the role '{narrator.Role}', which is none of auditor, voucher and builder");
            require(!options.OperatorKeys.Any(key => string.Equals(Convert.ToHexStringLower(key), narrator.PublicKey, StringComparison.OrdinalIgnoreCase)), "Chain.Narrators names a key that is an operator's, too: a key has one role");
            require(!options.TrustedPublishers.Values.Any(listed => (listed ?? []).Any(key => string.Equals(key.Trim(), narrator.PublicKey, StringComparison.OrdinalIgnoreCase))), "Chain.Narrators names a key that is a publisher's, too: a key has one role");
        }

        require(chain.DistrustedKeys.All(IsKey), "Chain.DistrustedKeys holds a key that is not 64 hexadecimal digits");
        foreach (var (exposure, requirement) in chain.Requirements)
        {
            require(requirement.Grade is null || ChainGrades.Find(requirement.Grade) is not null, $"Chain.Requirements holds the grade '{requirement.Grade}' for {exposure}, which is none");
            require(requirement.Auditors >= 0, "Chain.Requirements holds a negative number of auditors");
            require(requirement.ReviewedBy.All(IsKey), "Chain.Requirements holds a key that is not 64 hexadecimal digits");
        }

        require(chain.ScoreThresholds.Values.All(threshold => threshold is >= 0 and <= MostPoints), "Chain.ScoreThresholds holds a score that is not between 0 and 100");
    }

    private static bool IsKey(string key) => key is { Length: 64 } && key.All(char.IsAsciiHexDigit);
}
