using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Hosting;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>
/// What a registry's key signed last, beside the key: a directory that was put back from an older copy is refused, not signed over, and what a process was
/// writing when it ended is written to its end.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class PublishedRecord(string path)
{
    private const int MaxBytes = 256 * 1024 * 1024;
    private const int MaxDescription = 64 * 1024;
    private const string UnloggedField = "unlogged";

    /// <summary>Whether the key has signed for a registry.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>Writes files that belong together: all of them are there in the end.</summary>
    /// <param name="files">Where.</param>
    /// <param name="version">Version of their timestamp.</param>
    /// <param name="content">Names and contents, the last of which makes the others count.</param>
    /// <param name="unlogged">Entries that the log does not have yet.</param>
    public void Write(IPublicFiles files, long version, IReadOnlyList<(string Name, byte[] Content)> content, ImmutableArray<byte[]> unlogged)
    {
        var json = new JsonObject { ["version"] = version, [UnloggedField] = Texts(unlogged), ["files"] = new JsonArray([.. content.Select(file => (JsonNode)new JsonObject { ["name"] = file.Name, ["content"] = Convert.ToBase64String(file.Content) })]) };
        PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(json, JsonContext.Default.JsonObject));
        Apply(files, version, content, unlogged);
    }

    /// <summary>Remembers that the log has everything.</summary>
    public void Logged(long version) => Keep(version, []);

    /// <summary>Ends what was begun.</summary>
    /// <param name="files">Where.</param>
    /// <param name="key">The registry's key: files of another registry are left alone.</param>
    /// <returns>The version that was signed last, and entries that the log does not have yet.</returns>
    /// <exception cref="SkillVerificationException">There is no record, or it is malformed.</exception>
    public (long Version, ImmutableArray<byte[]> Unlogged) Complete(IPublicFiles files, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(BoundedFile.Read(path, MaxBytes), new JsonDocumentOptions { MaxDepth = 4 });
            var version = document.RootElement.GetProperty("version").GetInt64();
            ImmutableArray<byte[]> unlogged = document.RootElement.TryGetProperty(UnloggedField, out var left) ? [.. left.EnumerateArray().Select(entry => entry.GetBytesFromBase64())] : [];
            if (document.RootElement.TryGetProperty("files", out var begun))
            {
                if (files.Find(RegistryDescription.File, MaxDescription) is not null && RegistryDescription.Read(files) is { } there && there.Key != key)
                {
                    throw RegistryRefusal.Form($"the registry is that of another key ({there.Key})");
                }

                Apply(files, version, [.. begun.EnumerateArray().Select(file => (file.GetProperty("name").GetString()!, file.GetProperty("content").GetBytesFromBase64()))], unlogged);
            }

            return (version, unlogged);
        }
        catch (FileNotFoundException)
        {
            // Where there is no registry, or that of another key, nothing was put back.
            throw RegistryDescription.Read(files) is { Key: var there } && there != key
                ? RegistryRefusal.Form($"the registry is that of another key ({there})")
                : RegistryRefusal.RolledBack($"'{path}' is missing: nobody can tell what the key signed last");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw RegistryRefusal.Form($"'{path}' is damaged: {e.Message}");
        }
    }

    private void Apply(IPublicFiles files, long version, IReadOnlyList<(string Name, byte[] Content)> content, ImmutableArray<byte[]> unlogged)
    {
        foreach (var (name, bytes) in content)
        {
            files.Write(name, bytes);
        }

        files.Flush();
        Keep(version, unlogged);
    }

    private void Keep(long version, ImmutableArray<byte[]> unlogged) =>
        PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["version"] = version, [UnloggedField] = Texts(unlogged) }, JsonContext.Default.JsonObject));

    private static JsonArray Texts(ImmutableArray<byte[]> entries) => new([.. entries.Select(entry => (JsonNode)Convert.ToBase64String(entry))]);
}
