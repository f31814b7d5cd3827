using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Provenance;
using PluginHost.Skills.Sbom;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Scoring;

/// <summary>Who stands behind a skill, how much power it asks for, and what both come to.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Exposure">How much power it asks for.</param>
/// <param name="Score">How much it is trusted.</param>
internal sealed record SkillJudgement(ChainReport Chain, Exposure Exposure, TrustScore Score)
{
    private static readonly TimeSpan FreshFeed = TimeSpan.FromDays(7);

    /// <summary>The chain of a package.</summary>
    public static ChainReport ChainOf(TrustedSkill trusted, InspectionSettings settings, CancellationToken stop = default)
    {
        var (skill, now) = (trusted.Signed, trusted.Now);
        var (publisher, store) = (trusted.View.Ledger.Publishers.GetValueOrDefault(skill.Manifest.Publisher), trusted.View.Store);
        var rules = settings.Chain with
        {
            Now = now,
            Stop = stop,
            Revoked = trusted.View.Ledger.RevokedKeys,
            Successors = publisher is { Frozen: false } keys ? settings.Chain.Successors.Union(keys.Current().Keys) : settings.Chain.Successors,
            Own = [.. store.Listing.Concat(store.Pins).Where(pair => pair.Publisher == skill.Manifest.Publisher).Select(pair => pair.Key), .. publisher?.Sets.SelectMany(set => set.Keys) ?? [], .. publisher?.Former ?? []],
        };
        return ChainInspection.Of(skill, trusted.Decision, settings.Beside, rules, settings.Provenance.Builders) with { PublisherProvenance = PublisherSigned(skill, settings.Beside) };
    }

    /// <param name="trusted">The package.</param>
    /// <param name="inspection">What its papers say.</param>
    /// <param name="chain">Its chain.</param>
    /// <param name="scan">What the local scan found; null where none was made.</param>
    /// <param name="isDelegated">Whether a registry that is followed answers for its key.</param>
    /// <param name="gates">What other rooms have against it.</param>
    public static SkillJudgement Of(TrustedSkill trusted, SkillInspection inspection, ChainReport chain, ScanSummary? scan, bool isDelegated = false, ImmutableArray<string> gates = default)
    {
        var (skill, now) = (trusted.Signed, trusted.Now);
        var provenance = inspection.Provenance;
        var score = Scorer.Score(new ScoreInput
        {
            Identity = trusted.Decision switch
            {
                TrustDecision.Allowlisted => IdentityKind.Allowlisted,
                TrustDecision.Pinned or TrustDecision.NewlyPinned when isDelegated => IdentityKind.Delegated,
                TrustDecision.Pinned => IdentityKind.Pinned,
                TrustDecision.NewlyPinned => IdentityKind.NewlyPinned,
                _ => IdentityKind.Unsigned,
            },
            DaysPinned = trusted.Evidence.Since is { } since ? (int)Math.Max(0, (now - since).TotalDays) : 0,
            ProvenanceLevel = provenance.SignedBy is null ? 0 : provenance.Level,
            HasStatement = provenance.Kind == ProvenanceKind.Statement,
            PublisherSignedProvenance = chain.PublisherProvenance is not null,
            Chain = chain,
            Scan = scan,
            HasSbom = inspection.Sbom.IsChecked,
            IsSbomBound = inspection.Sbom.UnboundModules.IsEmpty,
            HasFreshFeed = inspection.Vulnerabilities?.Modified is { } modified && modified >= now - FreshFeed,
            Signer = skill.IsSigned ? Convert.ToHexStringLower(skill.Signature.PublicKey) : "",
            ProvenanceEvidence = [FileName(skill, ProvenanceInspection.Entry), .. provenance.Evidence.Where(outcome => outcome.Counts && outcome.Kind == BuildEvidence.Type).Select(outcome => outcome.Id), .. chain.PublisherProvenance is { } own ? [own] : (string[])[]],
            BillEvidence = [FileName(skill, SbomInspection.Entry), .. inspection.Vulnerabilities?.Modified is { } of ? [$"osv {ChainLinkReader.Text(of)}"] : (string[])[]],
            Gates = gates.IsDefault ? [] : gates,
            Vulnerabilities = inspection.Vulnerabilities?.Matches.Count(match => match.IsCertain && !string.Equals(match.Severity, "low", StringComparison.OrdinalIgnoreCase)) ?? 0,
        });
        return new SkillJudgement(chain, ExposureOf(RequestedCapabilities.Of(skill)), score);
    }

    /// <summary>What the links of the chain are in the list of all evidence.</summary>
    public static IEnumerable<EvidenceOutcome> Merge(ChainReport chain, IReadOnlyCollection<EvidenceOutcome> evidence)
    {
        var links = chain.Links.ToDictionary(link => link.Link.Id, StringComparer.Ordinal);
        var unread = chain.Unread.GroupBy(link => link.Id, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var outcome in evidence)
        {
            // A build link is evidence of its own, too: it counts where either room takes it.
            yield return outcome.Counts ? outcome
                : links.TryGetValue(outcome.Id, out var link) ? outcome with { Counts = link.Counts, Detail = link.Counts ? $"{LinkKinds.NameOf(link.Link.Role)} {KeyId.Of(link.Link.Narrator)}: {link.Link.Detail}" : $"{link.Rule}: {link.Reason}" }
                : unread.TryGetValue(outcome.Id, out var bad) ? outcome with { Detail = bad.Reason }
                : outcome;
        }
    }

    /// <summary>Refuses what nobody should believe, and what is less than an operator demands.</summary>
    /// <exception cref="SkillVerificationException">It is fabricated, malicious, or less than is demanded.</exception>
    public void Demand(InspectionSettings settings)
    {
        if (Chain.Fabricated is { } fabricated)
        {
            throw new SkillVerificationException("trust", Chain.IsForked ? "log-fork" : "fabricated", $"evidence contradicts itself (mawdu'): {fabricated}");
        }

        if (Chain.IsMalicious)
        {
            throw new SkillVerificationException("trust", "violation", $"somebody whom this host believes found it malicious: {string.Join("; ", Chain.Against)}");
        }

        settings.Demands.GetValueOrDefault(Exposure)?.Check(Chain, Exposure);
    }

    private static Exposure ExposureOf(RequestedCapabilities asked)
    {
        var capabilities = asked.Checkable.ToHashSet(StringComparer.Ordinal);
        var hasFiles = capabilities.Contains("filesystem.read") || capabilities.Contains("filesystem.write");
        return capabilities.Overlaps(["secrets.use", "secrets.read", "host.function"]) || (capabilities.Contains("http.egress") && hasFiles) ? Exposure.High
            : capabilities.Overlaps(["http.egress", "filesystem.write", "skill.call", "environment"]) ? Exposure.Medium
            : Exposure.Low;
    }

    /// <summary>Whether the publisher signed a statement of provenance about every module, in or beside the package.</summary>
    private static string? PublisherSigned(Artifacts.SignedSkill skill, ReadOnlyMemory<byte> beside)
    {
        if (!skill.IsSigned)
        {
            return null;
        }

        return ChainEvidence.Lines(skill, beside).Where(line => BundleLines.MayBeOne(line.Line)).Select(line => ByPublisher(line.Line, skill)).FirstOrDefault(id => id is not null);
    }

    /// <summary>A file of a package as evidence.</summary>
    private static string FileName(Artifacts.SignedSkill skill, string entry) => $"{entry} sha256:{Convert.ToHexStringLower(SHA256.HashData(skill.Artifact.Find(entry) ?? []))}";

    private static string? ByPublisher(ReadOnlyMemory<byte> line, Artifacts.SignedSkill skill)
    {
        try
        {
            var envelope = DsseEnvelope.Read(line);
            var statement = envelope.PayloadType == InTotoStatement.PayloadType ? InTotoStatement.Read(envelope.Payload) : null;
            return statement?.PredicateType == BuildEvidence.Type && PackageSubjects.Compare(skill.Artifact, statement.Subjects) is { CoversModules: true, Mismatch: null } && envelope.SignatureOf(skill.Signature.PublicKey) is not null ? envelope.Id : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
