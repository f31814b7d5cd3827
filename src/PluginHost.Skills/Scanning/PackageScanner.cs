using System.Collections.Immutable;
using System.Globalization;
using PluginHost.Scan;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Scoring;

namespace PluginHost.Skills.Scanning;

/// <summary>Scans packages, taken apart, by rules: our own pack, or others in its place or beside it.</summary>
internal sealed class PackageScanner(Lazy<YaraRules> compiled)
{
    private const string Source = "yara";
    private const string PackFolder = "rules/";
    private const int MaxFindings = 200;
    private static readonly Dictionary<string, object> Facts = new(StringComparer.Ordinal) { ["section"] = "", ["file"] = "", ["wasm_imports"] = "", ["wasm_exports"] = "" };

    /// <summary>The scanner with our own pack.</summary>
    public static PackageScanner BuiltIn { get; } = new(new Lazy<YaraRules>(static () => YaraRules.Compile(OwnRules(), Facts)));

    /// <summary>The rules; our own are compiled when something is scanned for the first time.</summary>
    public YaraRules Rules => compiled.Value;

    /// <summary>A scanner with files of rules.</summary>
    /// <param name="files">The files.</param>
    /// <param name="withOwn">Whether our own pack is used, too.</param>
    /// <exception cref="YaraException">A file is malformed.</exception>
    public static PackageScanner With(IReadOnlyCollection<YaraSource> files, bool withOwn) => files.Count == 0 && withOwn ? BuiltIn : Of(YaraRules.Compile([.. withOwn ? OwnRules() : [], .. files], Facts));

    private static PackageScanner Of(YaraRules rules) => new(new Lazy<YaraRules>(rules));

    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public ScanReport Scan(SkillArtifact artifact, SkillManifest manifest, ImmutableArray<InspectedModule> modules, CancellationToken cancellation)
    {
        var rules = Rules;
        var (grave, others, omitted) = (new List<Finding>(), new List<Finding>(), 0);
        var undecided = new Dictionary<string, SkippedRule>(StringComparer.Ordinal);
        var (pieces, critical, medium, low) = (0, 0, 0, 0);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var piece in PackagePieces.Of(artifact, manifest, modules))
        {
            cancellation.ThrowIfCancellationRequested();
            pieces++;
            var result = rules.Scan(piece.Content, new Dictionary<string, object>(StringComparer.Ordinal) { ["section"] = piece.Section, ["file"] = PackagePieces.Latin(piece.Location), ["wasm_imports"] = piece.Imports, ["wasm_exports"] = piece.Exports }, cancellation);
            foreach (var rule in result.NotRun)
            {
                undecided.TryAdd($"{rule.File}:{rule.Name}", rule);
            }

            foreach (var match in result.Matches)
            {
                var severity = (match.Meta.GetValueOrDefault("severity") as string)?.ToLowerInvariant();

                // However many findings there are, none is counted less, and none takes the place of one that is critical.
                var list = severity == "critical" ? grave : others;
                if (list.Count < MaxFindings)
                {
                    list.Add(Finding(match, piece, severity));
                }
                else
                {
                    omitted++;
                }

                // A rule counts once, however many pieces it is met in: the same text stands in the manifest and in its tool.
                if (seen.Add($"{match.File}:{match.Rule}"))
                {
                    _ = severity switch { "critical" => critical++, "low" or "info" => low++, _ => medium++ };
                }
            }
        }

        var inPack = rules.Count + rules.Skipped.Count;
        var kept = Math.Min(others.Count, MaxFindings - grave.Count);
        return new ScanReport([.. grave, .. others.Take(kept)], new ScanSummary(critical, medium, low, rules.Count - undecided.Count, inPack) { RuleSet = rules.Digest }, pieces, omitted + others.Count - kept, [.. rules.Skipped, .. undecided.Values]);
    }

    private Finding Finding(RuleMatch match, PackagePiece piece, string? severity)
    {
        var at = match.Strings.Count > 0 ? match.Strings.MinBy(found => found.Offset) : null;
        var advice = match.Meta.GetValueOrDefault("category") is string category ? $"{category}: take it out, or say in words what it is for" : "look at it, or ask whoever wrote the rule";
        return new Finding(
            match.Rule,
            severity switch { "critical" => FindingSeverity.Error, "low" or "info" => FindingSeverity.Info, _ => FindingSeverity.Warning },
            match.Meta.GetValueOrDefault("description") as string ?? $"the rule {match.Rule} of {match.File} holds",
            at is null ? piece.Location : string.Create(CultureInfo.InvariantCulture, $"{piece.Location}+{at.Offset}"),
            advice)
        {
            Source = Source,
            RuleSet = Rules.Digest,
            Region = new ByteRegion(piece.File, piece.Start + at?.Offset, at?.Length ?? 0),
        };
    }

    private static IEnumerable<YaraSource> OwnRules()
    {
        var assembly = typeof(YaraRules).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(PackFolder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var content = new MemoryStream();
            stream.CopyTo(content);
            yield return new YaraSource(name, content.ToArray());
        }
    }
}
