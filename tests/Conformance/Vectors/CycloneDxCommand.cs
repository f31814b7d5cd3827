using System.Text.Json;
using PluginHost.Skills.Sbom;

namespace PluginHost.Conformance.Vectors;

/// <summary>The <c>cyclonedx</c> verb: documents named <c>valid-*</c> and <c>invalid-*</c>, in folders named after the version of the standard.</summary>
internal static class CycloneDxCommand
{
    public static int Run(string folder, TextWriter output)
    {
        var report = new VectorReport(output);
        foreach (var file in Directory.EnumerateFiles(folder, "*valid-*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            report.Add(file, Problem(file));
        }

        return report.End();
    }

    private static string? Problem(string file)
    {
        var expected = Path.GetFileName(file).StartsWith("valid-", StringComparison.Ordinal);
        string? problem;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var version = Path.GetFileName(Path.GetDirectoryName(file))!;
            problem = !SbomSchemas.Knows(version) ? "its version is not known" : SbomSchemas.Check(version, document.RootElement)?.ToString();
        }
        catch (JsonException e)
        {
            problem = e.Message;
        }

        return problem is null == expected ? null : problem ?? "accepted";
    }
}
