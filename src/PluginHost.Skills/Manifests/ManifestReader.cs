using System.Collections.Immutable;
using System.Text.RegularExpressions;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Manifests;

/// <summary>
/// Reads and checks <c>skill.toml</c>. Every table refuses keys that it does not know, and identifiers have one spelling: one
/// that would have to be trimmed or folded first is refused.
/// </summary>
internal static partial class ManifestReader
{
    public const string Entry = "skill.toml";

    private const int MaxIdentifier = 256;

    /// <exception cref="SkillVerificationException">The manifest is missing or breaks a rule.</exception>
    public static SkillManifest Read(SkillArtifact artifact) =>
        Read(artifact.Find(Entry) ?? throw Refused("missing", "the package has no skill.toml"));

    public static SkillManifest Read(byte[] bytes)
    {
        try
        {
            return Root(new ManifestTable(TomlReader.Read(bytes), "", Entry));
        }
        catch (TomlException e)
        {
            throw NoToml(Entry, e);
        }
    }

    /// <summary>A text that is no TOML.</summary>
    internal static SkillVerificationException NoToml(string file, TomlException e) =>
        new(new SkillDiagnostic("manifest.toml", file, e.Position.Line, e.Position.Column, e.Problem, "the rules are those of TOML 1.1"));

    private static SkillVerificationException Refused(string rule, string message) => new("manifest", rule, message);

    private static SkillManifest Root(ManifestTable root)
    {
        var version = root.Number("manifest_version", 2);
        if (version is not (1 or 2))
        {
            throw root.Wrong("manifest_version", $"is {version}, not 1 or 2", "version");
        }

        var publisher = Identifier(root, "publisher");
        var operators = root.Table("operator") is { } table ? OperatorReader.Read(table, version == 1) : new ManifestOperator();
        var manifest = new SkillManifest
        {
            ManifestVersion = (int)version,
            SkillId = SkillId(root),
            Name = root.NonBlank("name"),
            Version = Version(root, "version") ?? throw root.Missing("version"),
            Publisher = publisher,
            Tools = Tools(root, publisher),
            Capabilities = root.Table("capabilities") is { } capabilities ? CapabilitiesReader.Read(capabilities) : new ManifestCapabilities(),
            Compatibility = Compatibility(root.Table("compat") ?? throw root.Missing("compat")),
            Integrity = root.Table("integrity") is { } integrity ? Integrity(integrity) : ImmutableSortedDictionary<string, string>.Empty,
            Operator = operators,
            NeedsReview = root.Table("builder") is { } builder && Builder(builder),
            Warnings = ManifestWarnings.Of(root, (int)version),
        };
        root.End();
        return manifest;
    }

    internal static string Identifier(ManifestTable table, string key)
    {
        var text = table.Text(key);
        return text.Length <= MaxIdentifier && IdentifierForm().IsMatch(text)
            ? text
            : throw table.Wrong(key, "is not made of a-z, 0-9, '.', '_', ':' and '-'");
    }

    internal static SkillVersion? Version(ManifestTable table, string key) =>
        table.OptionalText(key) is not { } text ? null
        : SkillVersion.Parse(text) ?? throw table.Wrong(key, "is not a version of three numbers");

    private static string SkillId(ManifestTable root)
    {
        const string what = "skill_id";
        var id = Identifier(root, what);

        // Names of the library's own files would collide with the skill's folder.
        return id.Contains(':', StringComparison.Ordinal) || id.Split('.').Contains("")
            || id is "installed-index.json" or "audit.ndjson" or "current" or "trust-store.json"
            ? throw root.Wrong(what, "holds ':' or an empty part, or is a reserved name")
            : id;
    }

    private static ImmutableArray<ManifestTool> Tools(ManifestTable root, string publisher)
    {
        var entrypoints = root.Table("entrypoints") ?? throw root.Missing("entrypoints");
        var tools = entrypoints.Tables("tools").Select(table => Tool(table, publisher)).ToImmutableArray();
        entrypoints.End();
        if (tools.IsEmpty)
        {
            throw entrypoints.Wrong("tools", "is empty");
        }

        return tools.Select(tool => tool.Id).Distinct(StringComparer.Ordinal).Count() == tools.Length
            ? tools
            : throw entrypoints.Wrong("tools", "names a tool twice");
    }

    private static ManifestTool Tool(ManifestTable table, string publisher)
    {
        var id = Identifier(table, "id");
        if (!id.StartsWith(publisher + ".", StringComparison.Ordinal) || id.EndsWith('.'))
        {
            throw table.Wrong("id", $"does not begin with '{publisher}.'");
        }

        var risk = table.Table("risk");
        var tool = new ManifestTool(
            id, table.NonBlank("name"), table.NonBlank("description"), table.RawTable("input_schema"), table.RawTable("output_schema"),
            risk?.Flag("default_sensitive") ?? false, risk?.Flag("requires_approval") ?? false);
        risk?.End();
        table.End();
        return tool;
    }

    private static ManifestCompatibility Compatibility(ManifestTable table)
    {
        var protocol = Alias(table, "required_protocol_major", "min_protocol_major");
        var minimum = Alias(table, "min_palyra_version", "min_runtime_version");
        var compatibility = new ManifestCompatibility(
            table.Positive(protocol, 0),
            Version(table, minimum) ?? throw table.Missing(minimum),
            Version(table, "max_palyra_version"));
        table.End();
        return compatibility.MaximumHost is { } maximum && maximum.CompareTo(compatibility.MinimumHost) < 0
            ? throw table.Wrong("max_palyra_version", "is below the minimum")
            : compatibility;
    }

    /// <summary>A key with an older name; both at once are ambiguous.</summary>
    private static string Alias(ManifestTable table, string key, string alias) => (table.Has(key), table.Has(alias)) switch
    {
        (true, true) => throw table.Wrong(key, $"stands beside its older name {alias}"),
        (false, true) => alias,
        _ => key,
    };

    private static ImmutableSortedDictionary<string, string> Integrity(ManifestTable table)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var file in table.Tables("files"))
        {
            if (!files.TryAdd(file.Text("path"), file.Text("sha256")))
            {
                throw file.Wrong("path", "is listed twice");
            }

            file.End();
        }

        table.End();
        return files.ToImmutable();
    }

    /// <returns>Whether somebody has still to look at what a builder made.</returns>
    private static bool Builder(ManifestTable table)
    {
        if (!table.Flag("experimental"))
        {
            throw table.Wrong("experimental", "is not true");
        }

        foreach (var key in new[] { "source_kind", "source_ref", "rollout_flag" })
        {
            table.NonBlank(key);
        }

        var checklist = table.Table("checklist") ?? throw table.Missing("checklist");
        foreach (var key in new[] { "capability_declaration_path", "provenance_path", "test_harness_path" })
        {
            checklist.Text(key);
        }

        checklist.OptionalText("review_notes");

        checklist.End();
        var status = table.OptionalText("review_status")?.Trim();
        table.End();
        return status is not ("approved" or "signed");
    }

    [GeneratedRegex(@"^[a-z0-9._:-]+\z")]
    private static partial Regex IdentifierForm();
}
