using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Dependencies;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.JsonSchema;

namespace PluginHost.Skills.Sbom;

/// <summary>
/// Checks <c>sbom.cdx.json</c>: that it is CycloneDX by the schema of the version that it names, that what it says of the package's modules
/// is true, and which packages it lists. A version that is not known is taken as Palyra takes it, and reported.
/// </summary>
internal static class SbomInspection
{
    public const string Entry = "sbom.cdx.json";

    private const string Room = "sbom";
    private const string Reference = "bom-ref";

    /// <exception cref="SkillVerificationException">It is missing, no CycloneDX document, or contradicts the package or itself.</exception>
    public static SbomReport Check(SkillArtifact artifact)
    {
        var bytes = artifact.Find(Entry) ?? throw Refused("missing", $"the package has no {Entry}");
        using var document = JsonDocuments.Read(bytes, Room, Entry);
        var root = document.RootElement;
        var version = root.Text("specVersion");
        if (root.Text("bomFormat") != "CycloneDX" || string.IsNullOrWhiteSpace(version))
        {
            throw Refused("form", $"{Entry} is not a CycloneDX document with a specVersion");
        }

        if (SbomSchemas.Knows(version))
        {
            CheckSchema(version, root);
            CheckReferences(root);
        }

        var modules = artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)).ToDictionary(
            entry => entry.Path, entry => Convert.ToHexStringLower(SHA256.HashData(entry.Content)), StringComparer.Ordinal);
        var components = Components(root).ToList();
        var bound = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            Bind(modules, component, bound);
        }

        return new SbomReport(
            version,
            SbomSchemas.Knows(version),
            [.. components.Select(Component)],
            [.. modules.Keys.Where(bound.Contains).Order(StringComparer.Ordinal)],
            [.. modules.Keys.Where(path => !bound.Contains(path)).Order(StringComparer.Ordinal)]);
    }

    private static SkillVerificationException Refused(string rule, string message) => new(Room, rule, message);

    private static void CheckSchema(string version, JsonElement root)
    {
        try
        {
            if (SbomSchemas.Check(version, root) is { } violation)
            {
                throw Refused("schema", $"{Entry} is not CycloneDX {version}: {violation}");
            }
        }
        catch (SchemaLimitException e)
        {
            throw Refused("limit", $"{Entry} is too large to be checked: {e.Message}");
        }
    }

    /// <summary>What the schema cannot say: a reference names one thing, and what depends on something names what is there.</summary>
    private static void CheckReferences(JsonElement root)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in Components(root).Concat(Services(root)))
        {
            if (element.Text(Reference) is { } reference && !known.Add(reference))
            {
                throw Refused("reference", $"{Entry} has two things of one {Reference}");
            }
        }

        var anywhere = AllReferences(root);
        foreach (var name in root.Items("dependencies").SelectMany(dependency => dependency.Items("dependsOn").Concat(dependency.Items("provides")).Select(one => one.Text()).Append(dependency.Text("ref"))))
        {
            // A link into another bill begins so; what it leads to is not here.
            if (name is not null && !anywhere.Contains(name) && !name.StartsWith("urn:cdx:", StringComparison.Ordinal))
            {
                throw Refused("reference", $"{Entry} has a dependency on something that it does not list");
            }
        }
    }

    /// <summary>Whatever has a reference, wherever it stands.</summary>
    private static HashSet<string> AllReferences(JsonElement root)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<JsonElement>([root]);
        while (open.TryPop(out var element))
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in element.EnumerateArray())
                {
                    open.Push(item);
                }
            }
            else if (element.ValueKind == JsonValueKind.Object)
            {
                if (element.Text(Reference) is { } reference)
                {
                    found.Add(reference);
                }

                foreach (var member in element.EnumerateObject())
                {
                    open.Push(member.Value);
                }
            }
        }

        return found;
    }

    private static IEnumerable<JsonElement> Components(JsonElement root)
    {
        var open = new Stack<JsonElement>(root.Items("components"));
        if (root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("component", out var subject))
        {
            open.Push(subject);
        }

        return Nested(open, "components");
    }

    private static IEnumerable<JsonElement> Services(JsonElement root) => Nested(new Stack<JsonElement>(root.Items("services")), "services");

    private static IEnumerable<JsonElement> Nested(Stack<JsonElement> open, string name)
    {
        while (open.TryPop(out var element))
        {
            yield return element;
            foreach (var inner in element.Items(name))
            {
                open.Push(inner);
            }
        }
    }

    private static void Bind(Dictionary<string, string> modules, JsonElement component, HashSet<string> bound)
    {
        var name = component.Text("name");
        foreach (var hash in component.Items("hashes").Where(hash => hash.Text("alg") == "SHA-256"))
        {
            var digest = hash.Text("content");
            foreach (var (path, own) in modules)
            {
                if (string.Equals(own, digest, StringComparison.OrdinalIgnoreCase))
                {
                    bound.Add(path);
                }
                else if (path == name || path["modules/".Length..] == name)
                {
                    throw Refused("digest", $"{Entry} describes another '{path}'");
                }
            }
        }
    }

    private static SbomComponent Component(JsonElement component)
    {
        var (name, version) = (component.Text("name") ?? "", component.Text("version"));
        if (component.Text("purl") is not { } purl)
        {
            return new SbomComponent(name, version, null, null);
        }

        try
        {
            return new SbomComponent(name, version, PackageUrl.Parse(purl), null);
        }
        catch (FormatException e)
        {
            return new SbomComponent(name, version, null, e.Message);
        }
    }
}
