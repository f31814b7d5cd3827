using System.Collections.Immutable;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>Computes scores: whole numbers only, the same evidence always the same score.</summary>
internal static class Scorer
{
    private const int MostFlow = 2000;
    private const int MostDays = 100;

    public static TrustScore Score(ScoreInput input)
    {
        ImmutableArray<ScoreComponent> components = [Identity(input), Provenance(input), Audits(input.Chain), Transparency(input.Chain), Scan(input.Scan), Bill(input)];
        var gates = Gates(input);
        var cap = ChainGrades.CapOf(input.Chain.Grade);
        var sum = components.Sum(component => component.Weight * component.Value) / 1000;
        return new TrustScore(gates.IsEmpty ? Math.Min(cap, sum) : 0, cap, input.Chain.Grade, components, gates);
    }

    private static ImmutableArray<string> Gates(ScoreInput input)
    {
        var gates = input.Gates.ToBuilder();
        if (input.Chain.Fabricated is { } fabricated)
        {
            gates.Add($"mawdu': {fabricated}");
        }

        if (input.Chain.IsMalicious)
        {
            gates.Add("somebody whom this host believes found it malicious");
        }

        if (input.Scan is { Critical: > 0 } scan)
        {
            gates.Add($"the scan has {scan.Critical} critical findings");
        }

        return gates.ToImmutable();
    }

    private static ScoreComponent Identity(ScoreInput input)
    {
        var (value, why) = input.Identity switch
        {
            IdentityKind.Unsigned => (0, "nobody signed it"),
            IdentityKind.NewlyPinned => (300, "its key is met for the first time"),
            IdentityKind.Pinned => (300 + (3 * Math.Clamp(input.DaysPinned, 0, MostDays)), $"its key is pinned for {Math.Max(0, input.DaysPinned)} days"),
            IdentityKind.Delegated => (800, "a registry that is listed answers for its key"),
            _ => (1000, "its key is listed"),
        };
        return new ScoreComponent("identity", 15, value, why) { Evidence = input.Signer.Length > 0 ? [ChainLinkReader.Text(input.Signer)] : [] };
    }

    private static ScoreComponent Provenance(ScoreInput input)
    {
        var (value, why) = input switch
        {
            { ProvenanceLevel: >= 3 } => (1000, "signed by a trusted builder, level 3"),
            { ProvenanceLevel: 2 } => (800, "signed by a trusted builder, level 2"),
            { PublisherSignedProvenance: true } => (600, "a statement that its publisher signed"),
            { ProvenanceLevel: 1 } => (600, "signed by a builder, level 1"),
            { HasStatement: true } => (300, "a statement about every module, signed with the package alone"),
            _ => (100, "a builder is named, and no more"),
        };
        return new ScoreComponent("provenance", 20, value, why) { Evidence = input.ProvenanceEvidence };
    }

    private static ScoreComponent Audits(ChainReport chain)
    {
        var value = Math.Max(0, (1000 * Math.Min(chain.Positive, MostFlow) / MostFlow) - (1000 * Math.Min(chain.Negative, MostFlow) / MostFlow));
        return new ScoreComponent("audits", 30, value, chain is { Positive: 0, Negative: 0 } ? "nobody whom this host believes has audited it" : $"trust of {chain.Positive} flows to its audits, of {chain.Negative} to what speaks against it")
        {
            Evidence = [.. chain.Paths.Concat(chain.PathsAgainst).SelectMany(path => path.Vouches.Add(path.Steps[^1])).Distinct(StringComparer.Ordinal)],
        };
    }

    private static ScoreComponent Transparency(ChainReport chain) => new("transparency", 15, chain.Transparency, chain.Transparency switch
    {
        0 => "its release stands in no log that counts",
        < 1000 => "its release stands in a log",
        _ => "its release stands in a log, before witnesses",
    })
    {
        Evidence = [.. chain.Links.Where(link => link.Counts && link.Link.Kind == LinkKind.Authorship && link.Logged is not null).Select(link => link.Link.Id)],
    };

    private static ScoreComponent Scan(ScanSummary? scan)
    {
        if (scan is null || scan.RulesInPack == 0)
        {
            return new ScoreComponent("scan", 10, 0, "not scanned");
        }

        var found = Math.Max(100, 1000 - (400 * scan.Medium) - (150 * scan.Low));
        return new ScoreComponent("scan", 10, (int)((long)found * scan.RulesRun / scan.RulesInPack), $"{scan.Critical + scan.Medium + scan.Low} findings by {scan.RulesRun} of {scan.RulesInPack} rules") { Evidence = scan.RuleSet.Length > 0 ? [$"rules sha256:{scan.RuleSet}"] : [] };
    }

    private static ScoreComponent Bill(ScoreInput input)
    {
        var value = !input.HasSbom ? 0 : !input.IsSbomBound ? 200 : input is { HasFreshFeed: true, Vulnerabilities: 0 } ? 1000 : 500;
        return new ScoreComponent("components", 10, Math.Max(0, value - (250 * input.Vulnerabilities)), (input.HasSbom, input.IsSbomBound) switch
        {
            (false, _) => "the bill of materials could not be checked",
            (_, false) => "the bill of materials names no module by its hash",
            _ => input.HasFreshFeed ? $"every module by its hash, {input.Vulnerabilities} known vulnerabilities" : "every module by its hash; no feed of vulnerabilities of the last week",
        })
        {
            Evidence = input.BillEvidence,
        };
    }
}
