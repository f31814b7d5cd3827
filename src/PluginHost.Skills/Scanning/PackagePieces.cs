using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Scanning;

/// <summary>
/// Takes a package apart: rules for texts find nothing in a module as a whole, and a rule for one piece must not be hidden by the others. What is cut into
/// several data segments is looked at together, too.
/// </summary>
internal static class PackagePieces
{
    private const int MaxSegments = 4_096;

    public static IEnumerable<PackagePiece> Of(SkillArtifact artifact, SkillManifest manifest, ImmutableArray<InspectedModule> modules)
    {
        var names = modules.ToDictionary(module => module.Path, StringComparer.Ordinal);
        foreach (var entry in artifact.Entries.Where(entry => entry.Path != PayloadDigest.SignatureEntry && !names.ContainsKey(entry.Path)))
        {
            yield return new PackagePiece(entry.Path, Section(entry.Path), entry.Content) { File = entry.Path, Start = 0 };
        }

        foreach (var tool in manifest.Tools)
        {
            yield return new PackagePiece($"{ManifestReader.Entry} ({tool.Id})", "tool", Encoding.UTF8.GetBytes(string.Join('\n', [tool.Id, tool.Name, tool.Description, .. TomlTexts.Of(tool.InputSchema), .. TomlTexts.Of(tool.OutputSchema)]))) { File = ManifestReader.Entry };
        }

        foreach (var piece in modules.SelectMany(Module))
        {
            yield return piece;
        }
    }

    /// <summary>Texts of rules are bytes.</summary>
    public static string Latin(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Section(string path) => path switch
    {
        ManifestReader.Entry or CapabilitiesFileReader.Entry => "manifest",
        _ when path.StartsWith("assets/", StringComparison.Ordinal) => "asset",
        _ => "paper",
    };

    private static IEnumerable<PackagePiece> Module(InspectedModule module)
    {
        var imports = string.Join('\n', module.Module.Imports.Select(import => $"{import.Module}.{import.Name}"));
        var exports = string.Join('\n', module.Module.Exports.Select(export => export.Name));
        var (importFacts, exportFacts) = (Latin(imports), Latin(exports));
        PackagePiece Piece(string location, string section, ReadOnlyMemory<byte> content, int? start = null) => new(location, section, content) { File = module.Path, Start = start, Imports = importFacts, Exports = exportFacts };

        yield return Piece(module.Path, "module", Encoding.UTF8.GetBytes($"{imports}\n{exports}"));
        foreach (var custom in module.Module.CustomSections)
        {
            yield return Piece($"{module.Path} (section {custom.Name})", "custom", custom.Content, module.Bytes.AsSpan().Overlaps(custom.Content.Span, out var start) ? start : null);
        }

        var segments = module.Module.Data;
        for (var i = 0; i < Math.Min(segments.Length, MaxSegments); i++)
        {
            if (segments.Length == 1 || segments[i].Content.Length > 0)
            {
                yield return Piece(string.Create(CultureInfo.InvariantCulture, $"{module.Path} (data {i})"), "data", module.Bytes.AsMemory(segments[i].Content.Start, segments[i].Content.Length), segments[i].Content.Start);
            }
        }

        if (segments.Length > 1)
        {
            var together = new byte[segments.Sum(segment => segment.Content.Length)];
            var at = 0;
            foreach (var segment in segments)
            {
                module.Bytes.AsSpan(segment.Content.Start, segment.Content.Length).CopyTo(together.AsSpan(at));
                at += segment.Content.Length;
            }

            yield return Piece($"{module.Path} (data)", "data", together);
        }
    }
}
