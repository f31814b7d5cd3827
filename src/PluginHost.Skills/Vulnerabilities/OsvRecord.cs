using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Inspection;

namespace PluginHost.Skills.Vulnerabilities;

/// <summary>A record in the OSV format.</summary>
internal sealed class OsvRecord
{
    private const int MaxSummary = 200;
    private readonly JsonElement _root;

    private OsvRecord(JsonElement root, string id)
    {
        _root = root;
        Id = id;
    }

    public string Id { get; }

    public bool IsWithdrawn => _root.TryGetProperty("withdrawn", out var withdrawn) && withdrawn.ValueKind == JsonValueKind.String;

    public DateTimeOffset? Modified =>
        DateTimeOffset.TryParse(_root.Text("modified"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    public string Summary => (_root.Text("summary") ?? _root.Text("details") ?? "") is var text && text.Length > MaxSummary ? text[..MaxSummary] + "…" : text;

    /// <summary>How bad it is in the words of whoever published it.</summary>
    public string Severity => _root.TryGetProperty("database_specific", out var own) && own.Text("severity") is { } severity ? severity.ToLowerInvariant() : "";

    /// <summary>Reads a record; null where the document is none.</summary>
    public static OsvRecord? Read(JsonElement root) => root.Text("id") is { Length: > 0 } id ? new OsvRecord(root, id) : null;

    /// <summary>Packages that it is about.</summary>
    public IEnumerable<(OsvPackage Package, JsonElement Affected)> Packages()
    {
        foreach (var affected in _root.Items("affected"))
        {
            if (affected.ValueKind == JsonValueKind.Object && affected.TryGetProperty("package", out var package) && package.Text("ecosystem") is { } ecosystem && package.Text("name") is { } name)
            {
                yield return (OsvPackage.Named(ecosystem, name), affected);
            }
        }
    }

    /// <summary>Commits say nothing of a version; where versions are told, too, they are no doubt.</summary>
    private static bool IsDescribedByCommitsAlone(JsonElement affected) =>
        !affected.Items("versions").Any() && affected.Items("ranges").All(range => range.Text("type") == "GIT");

    /// <summary>Whether a version is among those that an entry of <c>affected</c> lists or spans.</summary>
    public static OsvAnswer Includes(JsonElement affected, string ecosystem, string? version)
    {
        if (version is null)
        {
            return affected.Items("ranges").Any(OsvRange.IsEveryVersion) ? OsvAnswer.Yes : OsvAnswer.Unknown;
        }

        if (affected.Items("versions").Any(one => one.Text() == version))
        {
            return OsvAnswer.Yes;
        }

        var answer = OsvAnswer.No;
        foreach (var range in affected.Items("ranges"))
        {
            switch (OsvRange.Includes(range, ecosystem, version))
            {
                case OsvAnswer.Yes:
                    return OsvAnswer.Yes;
                case OsvAnswer.Unknown when range.Text("type") != "GIT" || IsDescribedByCommitsAlone(affected):
                    answer = OsvAnswer.Unknown;
                    break;
            }
        }

        return answer;
    }
}
