using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Provenance;

/// <summary>
/// Checks <c>provenance.json</c>: Palyra's minimal form, a builder and subjects, is taken as such; an in-toto statement is compared with the
/// package, and with the signed evidence in and beside it.
/// </summary>
internal static class ProvenanceInspection
{
    public const string Entry = "provenance.json";

    private const string Room = "provenance";

    /// <summary>What says nothing of a build.</summary>
    private static readonly NotedEvidence[] Elsewhere =
    [
        new(KeyEvent.Type, "a key event: for the trust room to follow"),
        new(Adoption.StatementType, "an adoption: the word of whoever signed the package"),
    ];

    /// <param name="artifact">The package.</param>
    /// <param name="policy">What an operator demands.</param>
    /// <param name="beside">The bundle of evidence beside the package.</param>
    /// <exception cref="SkillVerificationException">It is missing, malformed, or contradicts the package.</exception>
    public static ProvenanceReport Check(SkillArtifact artifact, ProvenancePolicy policy, ReadOnlyMemory<byte> beside)
    {
        var bytes = artifact.Find(Entry) ?? throw Refused("missing", $"the package has no {Entry}");
        using var document = JsonDocuments.Read(bytes, Room, Entry);
        var root = document.RootElement;
        if (!root.TryGetProperty("builder", out var builder) || builder.ValueKind != JsonValueKind.Object || !root.Items("subject").Any())
        {
            throw Refused("form", $"{Entry} has no builder or no subject");
        }

        var isStatement = InTotoStatement.IsOne(root) && root.Text("predicateType") == BuildEvidence.Type;
        var subjects = PackageSubjects.Compare(artifact, root.Items("subject").Select(StatementSubject.Read));
        CheckSubjects(subjects, isStatement);
        if (isStatement)
        {
            CheckBuilder(root, builder);
        }

        var evidence = new BuildEvidence(policy.Builders, isStatement ? WithoutBuilder(root) : null);
        var outcomes = EvidenceBundle.Verify(artifact, beside, [evidence, .. Elsewhere]);
        var covers = isStatement && subjects.CoversModules;
        return new ProvenanceReport(
            covers ? ProvenanceKind.Statement : ProvenanceKind.Minimal,
            builder.Text("id"),
            Math.Max(covers ? 1 : 0, evidence.Level),
            evidence.Level > 0 ? evidence.Source : isStatement ? BuildStatement.Of(root).Source : null,
            evidence.SignedBy,
            subjects.HasPlaceholders,
            subjects.UncoveredAssets,
            outcomes);
    }

    private static SkillVerificationException Refused(string rule, string message) => new(Room, rule, message);

    /// <summary>A subject named as a file of the package must be that file; a digest that is none says nothing.</summary>
    private static void CheckSubjects(PackageSubjects subjects, bool isStatement)
    {
        if (subjects.Mismatch is { } mismatch)
        {
            throw Refused("mismatch", $"{Entry} tells of another '{mismatch}'");
        }

        if (isStatement && !subjects.CoversModules && !subjects.HasPlaceholders)
        {
            throw Refused("mismatch", $"{Entry} does not tell of every module of the package");
        }
    }

    private static void CheckBuilder(JsonElement root, JsonElement builder)
    {
        if (BuildStatement.Of(root).BuilderId is { Length: > 0 } id && id != builder.Text("id"))
        {
            throw Refused("builder", $"{Entry} names two builders");
        }
    }

    /// <summary>The pure statement: Palyra wants a builder at the top, which in-toto does not know.</summary>
    private static JsonElement WithoutBuilder(JsonElement root)
    {
        var pure = JsonObject.Create(root)!;
        pure.Remove("builder");
        return JsonElement.Parse(pure.ToJsonString());
    }
}
