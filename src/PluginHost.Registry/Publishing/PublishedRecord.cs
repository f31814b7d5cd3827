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

    /// <summary>Whether the key has signed for a registry.</summary>
    public bool Exists => File.Exists(path);

    /// <summary>Writes files that belong together: all of them are there in the end.</summary>
    /// <param name="files">Where.</param>
    /// <param name="version">Version of their timestamp.</param>
    /// <param name="content">Names and contents, the last of which makes the others count.</param>
    public void Write(IPublicFiles files, long version, IReadOnlyList<(string Name, byte[] Content)> content)
    {
        var json = new JsonObject { ["version"] = version, ["files"] = new JsonArray([.. content.Select(file => (JsonNode)new JsonObject { ["name"] = file.Name, ["content"] = Convert.ToBase64String(file.Content) })]) };
        PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(json, JsonContext.Default.JsonObject));
        Apply(files, version, content);
    }

    /// <summary>Ends what was begun.</summary>
    /// <returns>The version that was signed last.</returns>
    /// <exception cref="SkillVerificationException">There is no record, or it is malformed.</exception>
    public long Complete(IPublicFiles files)
    {
        try
        {
            using var document = JsonDocument.Parse(BoundedFile.Read(path, MaxBytes), new JsonDocumentOptions { MaxDepth = 4 });
            var version = document.RootElement.GetProperty("version").GetInt64();
            if (document.RootElement.TryGetProperty("files", out var begun))
            {
                Apply(files, version, [.. begun.EnumerateArray().Select(file => (file.GetProperty("name").GetString()!, file.GetProperty("content").GetBytesFromBase64()))]);
            }

            return version;
        }
        catch (FileNotFoundException)
        {
            throw RegistryRefusal.RolledBack($"'{path}' is missing: nobody can tell what the key signed last");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw RegistryRefusal.Form($"'{path}' is damaged: {e.Message}");
        }
    }

    private void Apply(IPublicFiles files, long version, IReadOnlyList<(string Name, byte[] Content)> content)
    {
        foreach (var (name, bytes) in content)
        {
            files.Write(name, bytes);
        }

        files.Flush();
        PrivateFiles.Replace(path, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["version"] = version }, JsonContext.Default.JsonObject));
    }
}
