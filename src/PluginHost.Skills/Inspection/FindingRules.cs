using System.Security.Cryptography;
using System.Text;

namespace PluginHost.Skills.Inspection;

/// <summary>Our own rules of the static audit. Changing one, or what it means, changes the digest of the set.</summary>
internal static class FindingRules
{
    public const string Source = "pluginhost";

    /// <summary>Raised whenever what a rule finds changes without its words changing.</summary>
    private const int Version = 1;

    public static FindingRule ImportWithoutRequest { get; } = new("import_without_request", FindingSeverity.Info, "ask for the capability, or build without the import: calls are denied");

    public static FindingRule UnreachableCapability { get; } = new("unreachable_capability", FindingSeverity.Warning, "do not ask for what no tool can use");

    public static FindingRule UnknownSection { get; } = new("unknown_section", FindingSeverity.Info, "strip the module (wasm-strip, -C link-arg=-s)");

    public static FindingRule LargeSection { get; } = new("large_section", FindingSeverity.Warning, "strip the module: custom sections do not run, and hide what they carry");

    public static FindingRule StartFunction { get; } = new("start_function", FindingSeverity.Info, "nothing: it runs under the limits of a call");

    public static FindingRule HighEntropy { get; } = new("high_entropy_data", FindingSeverity.Warning, "ship data in a form that can be looked at");

    public static FindingRule Compressed { get; } = new("compressed_data", FindingSeverity.Info, "nothing, if it is what it begins as");

    public static FindingRule EmbeddedExecutable { get; } = new("embedded_executable", FindingSeverity.Error, "take the native program out: this host would never run it");

    public static FindingRule EmbeddedModule { get; } = new("embedded_module", FindingSeverity.Warning, "put modules under modules/, where they are inspected");

    public static FindingRule Script { get; } = new("embedded_script", FindingSeverity.Warning, "take the script out: this host would never run it");

    public static FindingRule MisleadingText { get; } = new("misleading_text", FindingSeverity.Warning, "write the text without characters that turn its direction or carry a hidden one");

    public static FindingRule InvisibleText { get; } = new("invisible_text", FindingSeverity.Warning, "write the text without invisible characters");

    public static FindingRule UncheckedSbom { get; } = new("sbom_unchecked", FindingSeverity.Warning, "write CycloneDX 1.4 to 1.7");

    public static FindingRule UnboundModule { get; } = new("sbom_unbound_module", FindingSeverity.Info, "list the module as a component with its SHA-256");

    public static FindingRule UnreadableUrl { get; } = new("sbom_unreadable_purl", FindingSeverity.Warning, "write a package URL, for instance pkg:cargo/rand@0.8.5");

    public static FindingRule Vulnerable { get; } = new("vulnerability", FindingSeverity.Warning, "build with a version that is not affected");

    public static FindingRule PossiblyVulnerable { get; } = new("vulnerability_undecided", FindingSeverity.Info, "write the exact version into the bill of materials");

    public static FindingRule UnreadableRecord { get; } = new("feed_unreadable_record", FindingSeverity.Info, "mend the feed");

    public static FindingRule MinimalProvenance { get; } = new("provenance_minimal", FindingSeverity.Info, "write an in-toto statement whose subjects are the modules");

    public static FindingRule PlaceholderProvenance { get; } = new("provenance_placeholder", FindingSeverity.Warning, "write the SHA-256 of each subject");

    public static FindingRule UncoveredAsset { get; } = new("provenance_uncovered_asset", FindingSeverity.Info, "make the asset a subject of the provenance");

    public static FindingRule IgnoredEvidence { get; } = new("evidence_ignored", FindingSeverity.Info, "nothing: evidence that cannot be attributed has no weight");

    public static FindingRule NeedsReview { get; } = new("builder_review_missing", FindingSeverity.Warning, "have the skill reviewed, and say so in [builder] review_status");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FindingRule> All { get; } =
    [
        ImportWithoutRequest, UnreachableCapability, UnknownSection, LargeSection, StartFunction, HighEntropy, Compressed, EmbeddedExecutable, EmbeddedModule, Script, MisleadingText,
        InvisibleText, UncheckedSbom, UnboundModule, UnreadableUrl, Vulnerable, PossiblyVulnerable, UnreadableRecord, MinimalProvenance, PlaceholderProvenance,
        UncoveredAsset, IgnoredEvidence, NeedsReview,
    ];

    /// <summary>Lower hex SHA-256 of the set.</summary>
    public static string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"pluginhost.rules.v{Version}\n{string.Concat(All.Select(rule => $"{rule.Id} {rule.Severity} {rule.Advice}\n"))}")));
}
