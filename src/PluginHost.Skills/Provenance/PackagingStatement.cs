using System.Security.Cryptography;
using System.Text.Json;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Provenance;

/// <summary>
/// What the packaging itself can say of a package's origin: that it was packed from these files. No source, no builder of the modules, no time: it
/// knows none of them, and the same files make the same statement.
/// </summary>
internal static class PackagingStatement
{
    /// <summary>The type of such a build, and the id of whoever made it: this tool, wherever it runs.</summary>
    public const string BuildType = "urn:pluginhost:build:v1";

    /// <param name="manifest">The author's manifest.</param>
    /// <param name="files">The other files of the package.</param>
    /// <param name="original">Digest of a package that this one was made of, if there was one.</param>
    public static byte[] Write(byte[] manifest, IEnumerable<ArchiveEntry> files, string? original = null)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("_type", InTotoStatement.Type);
            Builder(writer);
            writer.WriteStartArray("subject");
            foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
            {
                Resource(writer, file.Path, Convert.ToHexStringLower(SHA256.HashData(file.Content)));
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", BuildEvidence.Type);
            writer.WriteStartObject("predicate");
            writer.WriteStartObject("buildDefinition");
            writer.WriteString("buildType", BuildType);
            writer.WriteStartObject("externalParameters");
            writer.WriteEndObject();
            writer.WriteStartArray("resolvedDependencies");
            Resource(writer, ManifestReader.Entry, Convert.ToHexStringLower(SHA256.HashData(manifest)));
            if (original is not null)
            {
                Resource(writer, "original.palyra-skill", original);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteStartObject("runDetails");
            Builder(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Builder(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("builder");
        writer.WriteString("id", BuildType);
        writer.WriteEndObject();
    }

    private static void Resource(Utf8JsonWriter writer, string name, string sha256)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartObject("digest");
        writer.WriteString("sha256", sha256);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
