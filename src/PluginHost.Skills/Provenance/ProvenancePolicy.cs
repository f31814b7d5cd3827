using System.Collections.Immutable;

namespace PluginHost.Skills.Provenance;

/// <summary>What an operator demands of provenance. The default demands what the format does.</summary>
internal sealed record ProvenancePolicy
{
    /// <summary>The SLSA build level that a package must reach: 0 is any provenance that the format allows.</summary>
    public int MinimumLevel { get; init; }

    public ImmutableArray<TrustedBuilder> Builders { get; init; } = [];

    /// <summary>Where the skills of a publisher are built from, by publisher.</summary>
    public ImmutableDictionary<string, SourceExpectation> Sources { get; init; } = ImmutableDictionary<string, SourceExpectation>.Empty;

    /// <exception cref="SkillVerificationException">The provenance is less than is demanded.</exception>
    public void Check(ProvenanceReport report, string publisher)
    {
        if (report.Level < MinimumLevel)
        {
            throw new SkillVerificationException("provenance", "level", $"the provenance reaches SLSA build level {report.Level}, and {MinimumLevel} is demanded");
        }

        if (Sources.TryGetValue(publisher, out var expected) && (report.Source is null || !expected.Fits(report.Source)))
        {
            throw new SkillVerificationException(
                "provenance", "source", $"skills of '{publisher}' are expected to be built from {expected.Repository} {expected.Ref}, and this one says {report.Source?.Repository ?? "nothing"} {report.Source?.Ref}");
        }
    }
}
