using System.Collections.Immutable;
using PluginHost.Skills.Chain;

namespace PluginHost.Skills.Scoring;

/// <summary>What an operator demands of the chain of a skill.</summary>
/// <param name="Grade">The grade that it needs at least; null for any.</param>
/// <param name="Auditors">How many different keys have to have audited it, who share no voucher but the operator's own.</param>
/// <param name="ReviewedBy">Keys by which it has to have been reviewed, each of them.</param>
internal sealed record ChainDemand(ChainGrade? Grade, int Auditors, ImmutableArray<string> ReviewedBy)
{
    /// <exception cref="SkillVerificationException">The chain is less than that.</exception>
    public void Check(ChainReport chain, Exposure exposure)
    {
        var asks = $"a skill of {exposure.ToString().ToLowerInvariant()} exposure needs";
        if (Grade is { } grade && chain.Grade < grade)
        {
            throw new SkillVerificationException("policy", "grade", $"{asks} a chain of grade {ChainGrades.NameOf(grade)}, and this one is {ChainGrades.NameOf(chain.Grade)}: {chain.Why}");
        }

        if (chain.IndependentAuditors < Auditors)
        {
            var known = chain.Auditors.Count > chain.IndependentAuditors ? $"{chain.IndependentAuditors} independent ones of {chain.Auditors.Count}" : $"{chain.Auditors.Count}";
            throw new SkillVerificationException("policy", "auditors", $"{asks} {Auditors} auditors who are believed here, and {known} audited it");
        }

        if (ReviewedBy.FirstOrDefault(key => !chain.Reviewers.Contains(key)) is { } missing)
        {
            throw new SkillVerificationException("policy", "review", $"{asks} a review by ed25519:{missing}, and there is none that counts");
        }
    }
}
