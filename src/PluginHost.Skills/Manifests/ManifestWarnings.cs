using System.Collections.Immutable;

namespace PluginHost.Skills.Manifests;

/// <summary>Palyra's warnings about a manifest: what it allows and does not like.</summary>
internal static class ManifestWarnings
{
    private static readonly string[] SecretWords = ["secret", "token", "password", "api_key", "client_key"];

    public static ImmutableArray<SkillDiagnostic> Of(ManifestTable root, int version)
    {
        var warnings = ImmutableArray.CreateBuilder<SkillDiagnostic>();
        if (version == 1)
        {
            warnings.Add(root.Warning("legacy_manifest_version", "manifest_version", "manifest_version 1 is the older form", "write manifest_version = 2"));
        }
        else if (root.Table("operator") is not { } operators || operators.Source.Keys.Count == 0)
        {
            warnings.Add(root.Warning("missing_operator_metadata", "operator", "the manifest says nothing to an operator", "write a table [operator] with display_name and summary"));
        }
        else
        {
            Operator(operators, warnings);
        }

        return warnings.ToImmutable();
    }

    private static void Operator(ManifestTable table, ImmutableArray<SkillDiagnostic>.Builder warnings)
    {
        if (string.IsNullOrWhiteSpace(table.OptionalText("display_name")))
        {
            warnings.Add(table.Warning("missing_operator_display_name", "display_name", "[operator] has no display_name", "write for instance display_name = \"Weather\""));
        }

        if (table.Table("config") is not { } config)
        {
            return;
        }

        var properties = config.Table("properties");
        if (properties is null || properties.Source.Keys.Count == 0)
        {
            warnings.Add(config.Warning("empty_operator_config_contract", "properties", "[operator.config] describes no setting", "describe one under [operator.config.properties], or leave the table out"));
        }

        foreach (var name in properties?.Source.Keys ?? [])
        {
            if (SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)) && properties!.Table(name)?.Flag("redacted") != true)
            {
                warnings.Add(properties!.Warning(
                    "operator_config_redaction_recommended", name, $"the setting '{name}' sounds like a secret and is not redacted", "write redacted = true, or ask for it under [[capabilities.secrets]]"));
            }
        }
    }
}
