using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Skills.JsonSchema;

namespace PluginHost.Cli.Tests;

/// <summary>Holds what <c>--json</c> prints against the published schemas: every run of every test, so that no field is there that nobody described.</summary>
internal static class PublishedJson
{
    /// <summary>They print records, each on a line as it stands in the log.</summary>
    private static readonly string[] Records = ["audit-query", "audit-tail"];

    private static readonly ConcurrentDictionary<string, Schema> Schemas = new(StringComparer.Ordinal);

    public static string Folder { get; } = Path.Combine(Repository.Root, "docs", "schemas", "cli");

    public static void Check(string[] arguments, string output)
    {
        if (!arguments.Contains(CommandOutput.Json) || output.Length == 0 || Records.Contains(string.Join('-', arguments.Take(2))))
        {
            return;
        }

        using var document = JsonDocument.Parse(output);
        var isError = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out _) && !document.RootElement.TryGetProperty("skill", out _);
        var verb = isError ? "error" : Verb(arguments);
        if (Environment.GetEnvironmentVariable("PLUGINHOST_RECORD_JSON") is { Length: > 0 } folder)
        {
            lock (Schemas)
            {
                File.AppendAllText(Path.Combine(folder, verb + ".jsonl"), output);
            }

            return;
        }

        Assert.IsNull(Of(verb).Check(document.RootElement)?.ToString(), $"{string.Join(' ', arguments)}: {output}");
    }

    /// <summary>The schema of a verb.</summary>
    public static Schema Of(string verb) => Schemas.GetOrAdd(verb, static name =>
    {
        var schema = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".schema.json")))!;
        Close(schema);
        return Schema.Compile(JsonSerializer.SerializeToElement(schema));
    });

    /// <summary>Readers have to bear with fields that come later, so the published schemas are open; here nothing may be in an object that is not described.</summary>
    private static void Close(JsonNode? schema)
    {
        if (schema is JsonObject fields)
        {
            if (fields["properties"] is JsonObject && !fields.ContainsKey("additionalProperties"))
            {
                fields["additionalProperties"] = false;
            }

            foreach (var (_, value) in fields.ToList())
            {
                Close(value);
            }
        }
        else if (schema is JsonArray many)
        {
            foreach (var one in many)
            {
                Close(one);
            }
        }
    }

    /// <summary>The longest beginning of the arguments that names a verb.</summary>
    private static string Verb(string[] arguments)
    {
        var words = arguments.TakeWhile(argument => argument.All(c => char.IsAsciiLetterLower(c) || c == '-') && !argument.StartsWith('-')).Take(3).ToArray();
        return CommandLine.Verbs.Where(verb => (string.Join('-', words) + "-").StartsWith(verb + "-", StringComparison.Ordinal)).MaxBy(verb => verb.Length)
            ?? throw new AssertFailedException("no verb: " + string.Join(' ', arguments));
    }
}
