using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;
using PluginHost.Skills.Sbom;

namespace PluginHost.Skills.Vulnerabilities;

/// <summary>
/// Records of vulnerabilities, offline: a directory of OSV documents, or ZIP archives of them as the OSV project publishes them. A feed is walked
/// once for each bill of materials and never held in memory.
/// </summary>
internal sealed class OsvFeed
{
    private const int MaxRecordBytes = 4 * 1024 * 1024;
    private const int MaxDepth = 64;
    private readonly string _path;

    /// <param name="path">A directory, or a ZIP archive.</param>
    /// <exception cref="IOException">There is neither.</exception>
    public OsvFeed(string path)
    {
        _path = path;
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new FileNotFoundException($"there is no feed of vulnerabilities '{path}'");
        }
    }

    /// <summary>Finds the records about the components of a bill of materials.</summary>
    /// <exception cref="IOException">The feed cannot be read.</exception>
    public OsvReport Match(IEnumerable<SbomComponent> components, CancellationToken cancellation = default)
    {
        var wanted = new Dictionary<OsvPackage, List<SbomComponent>>();
        foreach (var component in components)
        {
            if (component.Url is { } url && OsvPackage.Of(url) is { } package)
            {
                (wanted.TryGetValue(package, out var same) ? same : wanted[package] = []).Add(component);
            }
        }

        var matches = new Dictionary<(string Id, string Package), OsvMatch>();
        var (records, unreadable, modified) = (0, 0, default(DateTimeOffset?));
        foreach (var bytes in Files())
        {
            cancellation.ThrowIfCancellationRequested();
            using var document = bytes is null ? null : Read(bytes);
            if (document is null || OsvRecord.Read(document.RootElement) is not { } record || TryMatch(record, wanted) is not { } found)
            {
                unreadable++;
                continue;
            }

            records++;
            modified = record.Modified is { } time && !(time <= modified) ? time : modified;
            foreach (var match in found)
            {
                // A record may tell of a package more than once; what is certain counts.
                if (!matches.TryGetValue((match.Id, match.Package), out var known) || !known.IsCertain)
                {
                    matches[(match.Id, match.Package)] = match;
                }
            }
        }

        return new OsvReport([.. matches.Values.OrderBy(match => match.Id, StringComparer.Ordinal).ThenBy(match => match.Package, StringComparer.Ordinal)], records, unreadable, modified);
    }

    private static List<OsvMatch>? TryMatch(OsvRecord record, Dictionary<OsvPackage, List<SbomComponent>> wanted)
    {
        try
        {
            return record.IsWithdrawn ? [] : [.. Matches(record, wanted)];
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<OsvMatch> Matches(OsvRecord record, Dictionary<OsvPackage, List<SbomComponent>> wanted)
    {
        foreach (var (package, affected) in record.Packages())
        {
            foreach (var component in wanted.GetValueOrDefault(package) ?? [])
            {
                var answer = OsvRecord.Includes(affected, package.Ecosystem, component.Url!.Version ?? component.Version);
                if (answer != OsvAnswer.No)
                {
                    yield return new OsvMatch(record.Id, component.Url.ToString(), record.Severity, record.Summary, answer == OsvAnswer.Yes);
                }
            }
        }
    }

    private static JsonDocument? Read(byte[] bytes)
    {
        try
        {
            var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Counted by the caller.
        }

        return null;
    }

    /// <summary>Documents of the feed; null for one that is too large.</summary>
    private IEnumerable<byte[]?> Files()
    {
        if (File.Exists(_path))
        {
            return Archive(_path);
        }

        // No links: a feed lies where it lies.
        var files = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return Directory.EnumerateFiles(_path, "*.json", files).Order(StringComparer.Ordinal)
            .Select(file => new FileInfo(file).Length <= MaxRecordBytes ? File.ReadAllBytes(file) : null)
            .Concat(Directory.EnumerateFiles(_path, "*.zip", files).Order(StringComparer.Ordinal).SelectMany(Archive));
    }

    private static IEnumerable<byte[]?> Archive(string path)
    {
        using var zip = Open(path);
        foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase)))
        {
            using var stream = entry.Open();
            var bytes = new byte[Math.Min(entry.Length, MaxRecordBytes) + 1];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            yield return read < bytes.Length ? bytes[..read] : null;
        }
    }

    private static ZipArchive Open(string path)
    {
        try
        {
            return ZipFile.OpenRead(path);
        }
        catch (InvalidDataException e)
        {
            throw new IOException($"'{path}' is no ZIP archive", e);
        }
    }
}
