using System.Security.Cryptography;
using System.Text.Json;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Inspection;

/// <summary>
/// Checks <c>provenance.json</c>: a builder and subjects in any case, and for an in-toto statement that its subjects are the
/// modules of the package. Who signed the statement is not part of this version.
/// </summary>
internal static class ProvenanceInspection
{
    public const string Entry = "provenance.json";

    private const string Room = "provenance";
    private const string StatementType = "https://in-toto.io/Statement/v1";

    /// <exception cref="SkillVerificationException">It is missing, malformed, or contradicts the package.</exception>
    public static ProvenanceKind Check(SignedSkill skill)
    {
        var bytes = skill.Artifact.Find(Entry) ?? throw Refused("missing", $"the package has no {Entry}");
        using var document = JsonDocuments.Read(bytes, Room, Entry);
        var root = document.RootElement;
        if (!root.TryGetProperty("builder", out var builder) || builder.ValueKind != JsonValueKind.Object || !root.Items("subject").Any())
        {
            throw Refused("form", $"{Entry} has no builder or no subject");
        }

        var (covered, complete) = CheckSubjects(skill.Artifact, root);
        if (root.Text("_type") != StatementType)
        {
            return ProvenanceKind.Minimal;
        }

        CheckBuilder(root, builder);
        if (!covered && complete)
        {
            throw Refused("mismatch", $"{Entry} tells of no subject that is a module of the package");
        }

        return covered ? ProvenanceKind.Statement : ProvenanceKind.Minimal;
    }

    private static SkillVerificationException Refused(string rule, string message) => new(Room, rule, message);

    /// <summary>A subject named as a file of the package must be that file; a digest that is none says nothing.</summary>
    /// <returns>Whether every module is a subject, and whether every subject has a digest.</returns>
    private static (bool Covered, bool Complete) CheckSubjects(SkillArtifact artifact, JsonElement root)
    {
        var complete = true;
        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var subject in root.Items("subject"))
        {
            if (!subject.TryGetProperty("digest", out var digest) || digest.Text("sha256") is not { } sha256 || !IsDigest(sha256))
            {
                complete = false;
                continue;
            }

            digests.Add(sha256);
            var name = subject.Text("name") ?? "";
            if ((artifact.Find(name) ?? artifact.Find("modules/" + name)) is { } named && Digest(named) != sha256)
            {
                throw Refused("mismatch", $"{Entry} tells of another '{name}'");
            }
        }

        return (artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)).All(module => digests.Contains(Digest(module.Content))), complete);
    }

    private static void CheckBuilder(JsonElement root, JsonElement builder)
    {
        if (root.TryGetProperty("predicate", out var predicate) && predicate.ValueKind == JsonValueKind.Object
            && predicate.TryGetProperty("runDetails", out var run) && run.ValueKind == JsonValueKind.Object
            && run.TryGetProperty("builder", out var inner) && inner.Text("id") != builder.Text("id"))
        {
            throw Refused("builder", $"{Entry} names two builders");
        }
    }

    private static bool IsDigest(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
