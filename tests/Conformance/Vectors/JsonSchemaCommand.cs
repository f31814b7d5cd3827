using System.Text.Json;
using PluginHost.Skills.JsonSchema;

namespace PluginHost.Conformance.Vectors;

/// <summary>
/// The <c>json-schema</c> verb: runs a folder of JSON-Schema-Test-Suite's layout, <c>tests/DRAFT</c> beside <c>remotes</c>. Formats are
/// annotations here, so the optional tests that want them checked are not run, nor those that mix in drafts that are not supported.
/// </summary>
internal static class JsonSchemaCommand
{
    private const string Server = "http://localhost:1234/";

    public static int Run(string folder, TextWriter output)
    {
        var remotes = Path.Combine(folder, "remotes");
        var (passed, failed) = (0, 0);
        foreach (var (draft, dialect) in new[] { ("draft2020-12", SchemaDialect.Draft202012), ("draft7", SchemaDialect.Draft7) })
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "tests", draft), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (file.Contains($"optional{Path.DirectorySeparatorChar}format", StringComparison.Ordinal) || file.EndsWith("cross-draft.json", StringComparison.Ordinal))
                {
                    continue;
                }

                foreach (var problem in Problems(file, dialect, uri => Fetch(remotes, uri)))
                {
                    if (problem is null)
                    {
                        passed++;
                    }
                    else
                    {
                        failed++;
                        output.WriteLine($"  {draft}/{Path.GetFileName(file)}: {problem}");
                    }
                }
            }
        }

        output.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    private static JsonElement? Fetch(string remotes, Uri uri)
    {
        var text = uri.ToString();
        return text.StartsWith(Server, StringComparison.Ordinal) && Path.Combine(remotes, text[Server.Length..].TrimEnd('#')) is var file && File.Exists(file)
            ? JsonElement.Parse(File.ReadAllText(file))
            : MetaSchemaFiles.Find(uri);
    }

    private static IEnumerable<string?> Problems(string file, SchemaDialect dialect, Func<Uri, JsonElement?> fetch)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (var group in document.RootElement.EnumerateArray())
        {
            Schema? schema = null;
            string? unreadable = null;
            try
            {
                schema = Schema.Compile(group.GetProperty("schema"), new Uri("skill:///schema"), dialect, fetch);
            }
            catch (Exception e)
            {
                unreadable = e.Message;
            }

            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var name = $"{group.GetProperty("description").GetString()}: {test.GetProperty("description").GetString()}";
                yield return schema is null ? $"{name}: {unreadable}" : Problem(schema, test) is { } problem ? $"{name}: {problem}" : null;
            }
        }
    }

    private static string? Problem(Schema schema, JsonElement test)
    {
        try
        {
            var violation = schema.Check(test.GetProperty("data"));
            return violation is null == test.GetProperty("valid").GetBoolean() ? null : violation?.ToString() ?? "accepted";
        }
        catch (SchemaLimitException e)
        {
            return e.Message;
        }
    }
}
