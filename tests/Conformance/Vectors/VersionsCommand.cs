using PluginHost.Skills.Dependencies.Versions;

namespace PluginHost.Conformance.Vectors;

/// <summary>The <c>versions</c> verb: lines <c>a &lt; b</c>, a file for each ecosystem.</summary>
internal static class VersionsCommand
{
    /// <summary>Names of files and the ecosystems whose order they test.</summary>
    private static readonly Dictionary<string, string> Ecosystems = new(StringComparer.Ordinal)
    {
        ["semver"] = "crates.io",
        ["nuget"] = "NuGet",
        ["pypi"] = "PyPI",
        ["rubygems"] = "RubyGems",
        ["packagist"] = "Packagist",
        ["pub"] = "Pub",
        ["maven"] = "Maven",
        ["cran"] = "CRAN",
        ["debian"] = "Debian",
        ["ubuntu"] = "Ubuntu",
        ["redhat"] = "Red Hat",
        ["crates"] = "crates.io",
        ["npm"] = "npm",
        ["go"] = "Go",
        ["hex"] = "Hex",
    };

    public static int Run(string path, TextWriter output)
    {
        var report = new VectorReport(output);
        foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.txt").Order(StringComparer.Ordinal) : (IEnumerable<string>)[path])
        {
            var name = Path.GetFileNameWithoutExtension(file).Split('-')[0];
            if (Ecosystems.GetValueOrDefault(name) is not { } ecosystem || VersionOrder.Of(ecosystem) is not { } order)
            {
                report.Skip(file, "the order of this ecosystem is not known");
                continue;
            }

            foreach (var line in File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith('#')))
            {
                report.Add($"{name}: {line}", Problem(order, line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            }
        }

        return report.End();
    }

    private static string? Problem(VersionOrder order, string[] line)
    {
        if (line is not [var x, "<" or "=" or ">", var y])
        {
            return "no comparison";
        }

        var sign = Math.Sign(order.Compare(x, y));
        return sign != -Math.Sign(order.Compare(y, x)) ? "the order is not antisymmetric"
            : sign == line[1] switch { "<" => -1, ">" => 1, _ => 0 } ? null
            : $"ordered {sign}";
    }
}
