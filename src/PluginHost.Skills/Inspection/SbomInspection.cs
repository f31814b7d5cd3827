using System.Security.Cryptography;
using System.Text.Json;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Skills.Inspection;

/// <summary>
/// Checks <c>sbom.cdx.json</c> (CycloneDX): that it is one, and that what it says of the package's modules is true. A module
/// that it does not name is no error here.
/// </summary>
internal static class SbomInspection
{
    public const string Entry = "sbom.cdx.json";

    private const string Room = "sbom";

    /// <exception cref="SkillVerificationException">It is missing, no CycloneDX document, or contradicts the package.</exception>
    public static void Check(SignedSkill skill)
    {
        var bytes = skill.Artifact.Find(Entry) ?? throw Refused("missing", $"the package has no {Entry}");
        using var document = JsonDocuments.Read(bytes, Room, Entry);
        var root = document.RootElement;
        if (root.Text("bomFormat") != "CycloneDX" || string.IsNullOrWhiteSpace(root.Text("specVersion")))
        {
            throw Refused("form", $"{Entry} is not a CycloneDX document with a specVersion");
        }

        foreach (var component in Components(root))
        {
            CheckComponent(skill.Artifact, component);
        }
    }

    private static SkillVerificationException Refused(string rule, string message) => new(Room, rule, message);

    /// <summary>Components of every depth, that of the metadata included.</summary>
    private static IEnumerable<JsonElement> Components(JsonElement root)
    {
        var open = new Stack<JsonElement>(root.Items("components"));
        if (root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("component", out var subject))
        {
            open.Push(subject);
        }

        while (open.TryPop(out var component))
        {
            yield return component;
            foreach (var inner in component.Items("components"))
            {
                open.Push(inner);
            }
        }
    }

    private static void CheckComponent(SkillArtifact artifact, JsonElement component)
    {
        var name = component.Text("name");
        var module = artifact.Entries.FirstOrDefault(entry =>
            SkillArtifact.IsModule(entry.Path) && (entry.Path == name || entry.Path["modules/".Length..] == name));
        if (module is null)
        {
            return;
        }

        foreach (var hash in component.Items("hashes").Where(hash => hash.Text("alg") == "SHA-256"))
        {
            if (!string.Equals(hash.Text("content"), Convert.ToHexString(SHA256.HashData(module.Content)), StringComparison.OrdinalIgnoreCase))
            {
                throw Refused("digest", $"{Entry} describes another '{module.Path}'");
            }
        }
    }
}
