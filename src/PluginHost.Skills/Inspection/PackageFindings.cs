using System.Globalization;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Inspection;

/// <summary>Findings in the files of a package: what is hidden in texts, and programs and noise among its assets.</summary>
internal static class PackageFindings
{
    /// <summary>Bytes by which text is told from data, and how many to one may be odd in text.</summary>
    private const int HeadBytes = 64 * 1024;

    private const int OddShare = 50;

    private static readonly string[] Documents = [ManifestReader.Entry, CapabilitiesFileReader.Entry];

    public static IReadOnlyList<Finding> Of(SkillArtifact artifact, SkillManifest manifest, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        if (manifest.NeedsReview)
        {
            findings.Add(FindingRules.NeedsReview.At(ManifestReader.Entry, "a builder made it, and nobody has approved what it made"));
        }

        foreach (var file in Documents)
        {
            foreach (var text in Texts(artifact.Find(file)))
            {
                cancellation.ThrowIfCancellationRequested();
                Text(findings, file, text, "after escapes are read");
            }
        }

        foreach (var entry in artifact.Entries.Where(entry => !SkillArtifact.IsModule(entry.Path)))
        {
            cancellation.ThrowIfCancellationRequested();
            Content(findings, entry.Path, entry.Content);
        }

        return [.. findings.DistinctBy(finding => (finding.Id, finding.Location))];
    }

    /// <summary>Texts of a document; none of one that is missing, or that the room of manifests refuses.</summary>
    private static IEnumerable<string> Texts(byte[]? document)
    {
        try
        {
            return document is null ? [] : TomlTexts.Of(TomlReader.Read(document));
        }
        catch (TomlException)
        {
            return [];
        }
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
            findings.Add(ByteInspection.IsKnownToBeCompressed(bytes)
                ? FindingRules.Compressed.At(location, $"{noise} bytes look like noise, as they do in the format that it begins as")
                : FindingRules.HighEntropy.At(location, $"{noise} bytes look like noise: encrypted or compressed in a form that is not known"));
        }

        if (Decoded(bytes) is { } text)
        {
            Text(findings, location, text, "");
        }
    }

    /// <summary>What a lenient reader would take for text: a bad byte or two does not hide the rest.</summary>
    private static string? Decoded(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return Encoding.Unicode.GetString(bytes);
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return Encoding.BigEndianUnicode.GetString(bytes);
        }

        var head = bytes[..Math.Min(bytes.Length, HeadBytes)];
        var odd = 0;
        foreach (var value in head)
        {
            odd += value is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') ? 1 : 0;
        }

        return odd * OddShare <= head.Length && Encoding.UTF8.GetString(head).Count(c => c == '\uFFFD') * OddShare <= head.Length
            ? Encoding.UTF8.GetString(bytes).Replace("\0", "", StringComparison.Ordinal).Replace("\uFFFD", "", StringComparison.Ordinal)
            : null;
    }

    private static void Text(List<Finding> findings, string location, string text, string note)
    {
        if (HiddenText.Find(text) is { } hidden)
        {
            var place = note.Length > 0 ? $"{location} ({note})" : string.Create(CultureInfo.InvariantCulture, $"{location}:{hidden.Line}");
            findings.Add(hidden.Rule.At(place, string.Create(CultureInfo.InvariantCulture, $"holds the character U+{hidden.Character.Value:X4}")));
        }
    }
}
