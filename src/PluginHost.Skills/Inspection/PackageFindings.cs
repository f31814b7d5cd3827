using System.Globalization;
using System.Text;
using System.Text.Unicode;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Inspection;

/// <summary>Findings in the files of a package: what is hidden in texts, and programs and noise among its assets.</summary>
internal static class PackageFindings
{
    public static IReadOnlyList<Finding> Of(SkillArtifact artifact, SkillManifest manifest, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        if (manifest.NeedsReview)
        {
            findings.Add(FindingRules.NeedsReview.At(ManifestReader.Entry, "a builder made it, and nobody has approved what it made"));
        }

        foreach (var text in Decoded(manifest))
        {
            Text(findings, ManifestReader.Entry, text, "after escapes are read");
        }

        foreach (var entry in artifact.Entries.Where(entry => !SkillArtifact.IsModule(entry.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            Content(findings, entry.Path, entry.Content);
        }

        return [.. findings.DistinctBy(finding => (finding.Id, finding.Location))];
    }

    /// <summary>Looks at bytes that a guest can read, or a person.</summary>
    public static void Content(List<Finding> findings, string location, ReadOnlySpan<byte> bytes)
    {
        if (ByteInspection.Program(bytes) is { } program)
        {
            findings.Add(program.Rule.At(string.Create(CultureInfo.InvariantCulture, $"{location}+{program.At}"), $"holds {program.What}"));
        }

        if (ByteInspection.Noise(bytes) is > 0 and var noise)
        {
            findings.Add(FindingRules.HighEntropy.At(location, $"{noise} bytes look like noise: encrypted or compressed in a form that is not known"));
        }

        if (Utf8.IsValid(bytes) && !bytes.Contains((byte)0))
        {
            Text(findings, location, Encoding.UTF8.GetString(bytes), "");
        }
    }

    private static void Text(List<Finding> findings, string location, string text, string note)
    {
        if (HiddenText.Find(text) is { } hidden)
        {
            var place = note.Length > 0 ? $"{location} ({note})" : string.Create(CultureInfo.InvariantCulture, $"{location}:{hidden.Line}");
            findings.Add(hidden.Rule.At(place, string.Create(CultureInfo.InvariantCulture, $"holds the character U+{hidden.Character.Value:X4}")));
        }
    }

    /// <summary>Texts of the manifest as they are read: an escape could hide from whoever reads the file what a model is told.</summary>
    private static IEnumerable<string> Decoded(SkillManifest manifest) =>
    [
        manifest.Name,
        .. manifest.Tools.SelectMany(tool => new[] { tool.Name, tool.Description, Encoding.UTF8.GetString(Toml.TomlWriter.Write(tool.InputSchema)), Encoding.UTF8.GetString(Toml.TomlWriter.Write(tool.OutputSchema)) }),
        manifest.Operator.DisplayName ?? "",
        manifest.Operator.Summary ?? "",
        manifest.Operator.Description ?? "",
    ];
}
