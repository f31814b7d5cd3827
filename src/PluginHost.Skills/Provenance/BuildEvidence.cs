using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Skills.Provenance;

/// <summary>
/// Verifies signed statements of build provenance (SLSA v1). One counts where a key that is trusted for the builder it names signed it and every
/// module of the package is among its subjects; the best one decides the level.
/// </summary>
/// <param name="builders">Builders that are trusted.</param>
/// <param name="own">The statement in <c>provenance.json</c> without what Palyra adds to it; null where that is none.</param>
internal sealed class BuildEvidence(IReadOnlyCollection<TrustedBuilder> builders, JsonElement? own) : IEvidenceVerifier
{
    public const string Type = "https://slsa.dev/provenance/v1";

    public string PredicateType => Type;

    /// <summary>The level that is believed for it; 0 where nothing counted.</summary>
    public int Level { get; private set; }

    /// <summary>Key id of the builder who signed the best one.</summary>
    public string? SignedBy { get; private set; }

    /// <summary>What the best one says that was built.</summary>
    public ProvenanceSource? Source { get; private set; }

    public EvidenceOutcome Verify(Evidence evidence, SkillArtifact artifact)
    {
        // Within the package it is a copy: one that tells another story than provenance.json was made to mislead.
        if (evidence.Place == EvidencePlace.Inside && own is { } statement && !JsonElement.DeepEquals(statement, evidence.Statement.Root))
        {
            throw new SkillVerificationException("provenance", "copy", "the signed copy of the provenance in attestations/ says something else than provenance.json");
        }

        var parts = BuildStatement.Of(evidence.Statement.Root);
        if (builders.OrderByDescending(builder => builder.MaxLevel).FirstOrDefault(builder => builder.BuilderId == parts.BuilderId && evidence.Envelope.SignedBy([builder.PublicKey]) is not null) is not { } signer)
        {
            return Ignored(evidence, $"no key that is trusted for the builder '{parts.BuilderId}' signed it");
        }

        var subjects = PackageSubjects.Compare(artifact, evidence.Statement.Subjects);
        if (subjects.Mismatch is { } mismatch && evidence.Place == EvidencePlace.Inside)
        {
            throw new SkillVerificationException("provenance", "mismatch", $"a signed statement of provenance tells of another '{mismatch}'");
        }

        if (evidence.Statement.Subjects.Any(subject => subject.Payload is { } payload && payload != artifact.Payload))
        {
            return Ignored(evidence, "it is about another package");
        }

        if (!subjects.CoversModules || subjects.Mismatch is not null)
        {
            return Ignored(evidence, "it does not cover every module of the package");
        }

        if (!signer.Parameters.IsEmpty && parts.Parameters.FirstOrDefault(name => !signer.Parameters.Contains(name)) is { } unexpected)
        {
            return Ignored(evidence, $"it was built with a parameter '{unexpected}' that is not expected of this builder");
        }

        var key = KeyId.Of(signer.PublicKey);
        if (signer.MaxLevel > Level)
        {
            (Level, SignedBy, Source) = (signer.MaxLevel, key, parts.Source);
        }

        return new EvidenceOutcome(evidence.Id, Type, evidence.Place, true, $"signed by {key} for {signer.BuilderId}, believed to level {signer.MaxLevel}");
    }

    private static EvidenceOutcome Ignored(Evidence evidence, string reason) => new(evidence.Id, Type, evidence.Place, false, reason);
}
