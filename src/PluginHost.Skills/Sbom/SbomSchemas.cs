using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using PluginHost.Skills.JsonSchema;

namespace PluginHost.Skills.Sbom;

/// <summary>The official JSON schemas of CycloneDX, formats asserted.</summary>
internal static class SbomSchemas
{
    /// <summary>The largest bill that a package can hold is looked at within these.</summary>
    private static readonly SchemaLimits Limits = new(50_000_000, TimeSpan.FromSeconds(10));

    private static readonly string[] Versions = ["1.4", "1.5", "1.6", "1.7"];

    private static readonly Lazy<FrozenDictionary<string, JsonElement>> Files = new(() => typeof(SbomSchemas).Assembly.GetManifestResourceNames()
        .Where(name => name.Contains(".Sbom.Schemas.", StringComparison.Ordinal))
        .Select(Read)
        .ToFrozenDictionary(file => file.GetProperty("$id").GetString()!, StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, Lazy<Schema>> Compiled = new(StringComparer.Ordinal);

    public static bool Knows(string version) => Versions.Contains(version);

    /// <summary>What is wrong with a document of a version that is known; null where nothing is.</summary>
    /// <exception cref="SchemaLimitException">It would take too long to say.</exception>
    public static SchemaViolation? Check(string version, JsonElement document) =>
        Compiled.GetOrAdd(version, static known => new Lazy<Schema>(() => Compile(known))).Value.Check(document, Limits);

    private static Schema Compile(string version)
    {
        var uri = new Uri($"http://cyclonedx.org/schema/bom-{version}.schema.json");
        return Schema.Compile(Find(uri)!.Value, uri, SchemaDialect.Draft7, Find, assertsFormats: true);
    }

    private static JsonElement? Find(Uri uri) => Files.Value.TryGetValue(uri.ToString().TrimEnd('#'), out var file) ? file : MetaSchemaFiles.Find(uri);

    private static JsonElement Read(string name)
    {
        using var stream = typeof(SbomSchemas).Assembly.GetManifestResourceStream(name)!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
