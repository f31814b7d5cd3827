using System.Text.Json;
using PluginHost.Skills.Dependencies;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>purl</c> verb: files of the package URL test suite. What it requires is read by the rules of the canonical form, what it
/// recommends as lenient readers do.
/// </summary>
internal static class PackageUrlCommand
{
    private static readonly string[] Components = ["type", "namespace", "name", "version", "subpath"];

    public static int Run(string path, TextWriter output)
    {
        var report = new VectorReport(output);
        foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json").Order(StringComparer.Ordinal) : (IEnumerable<string>)[path])
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var (test, i) in document.RootElement.GetProperty("tests").EnumerateArray().Select((test, i) => (test, i)))
            {
                var name = $"{Path.GetFileName(file)}#{i} {test.GetProperty("description").GetString()}";
                if (IsContradicted(test))
                {
                    report.Skip(name, "other tests of the suite demand that such a key is refused");
                    continue;
                }

                report.Add(name, Problem(test));
            }
        }

        return report.End();
    }

    /// <summary>Whether a required test wants a key in upper case to be read: the suite's tests of gem and rpm want it refused.</summary>
    private static bool IsContradicted(JsonElement test) =>
        test.GetProperty("test_type").GetString() == "parse" && test.GetProperty("test_group").GetString() == "required"
        && test.GetProperty("input").GetString() is { } text && text.Split('?') is [_, var query] && query.Split('&').Any(pair => pair.Split('=')[0].Any(char.IsAsciiLetterUpper))
        && test.TryGetProperty("expected_failure", out var failure) && failure.ValueKind == JsonValueKind.False;

    private static string? Problem(JsonElement test)
    {
        var fails = test.TryGetProperty("expected_failure", out var failure) && failure.ValueKind == JsonValueKind.True;
        PackageUrl url;
        try
        {
            url = test.GetProperty("test_type").GetString() == "build"
                ? Build(test.GetProperty("input"))
                : PackageUrl.Parse(test.GetProperty("input").GetString()!, canonical: test.GetProperty("test_type").GetString() == "parse" && test.GetProperty("test_group").GetString() == "required");
        }
        catch (FormatException e)
        {
            return fails ? null : e.Message;
        }

        return fails ? $"read as {url}" : Difference(url, test.GetProperty("expected_output"));
    }

    private static string? Difference(PackageUrl url, JsonElement expected)
    {
        if (expected.ValueKind == JsonValueKind.String)
        {
            return url.ToString() == expected.GetString() ? null : $"written as {url}";
        }

        string?[] actual = [url.Type, url.Namespace, url.Name, url.Version, url.Subpath];
        for (var i = 0; i < actual.Length; i++)
        {
            if (actual[i] != Text(expected, Components[i]))
            {
                return $"{Components[i]} read as '{actual[i]}'";
            }
        }

        return Qualifiers(expected).OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(url.Qualifiers) ? null : $"qualifiers read as {string.Join(' ', url.Qualifiers)}";
    }

    private static PackageUrl Build(JsonElement input) => PackageUrl.Create(
        Text(input, "type"), Text(input, "namespace"), Text(input, "name"), Text(input, "version"), Qualifiers(input), Text(input, "subpath"));

    private static Dictionary<string, string> Qualifiers(JsonElement components) =>
        components.TryGetProperty("qualifiers", out var qualifiers) && qualifiers.ValueKind == JsonValueKind.Object
            ? qualifiers.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!, StringComparer.Ordinal)
            : [];

    private static string? Text(JsonElement components, string name) =>
        components.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
