using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.Manifests;

/// <summary>Reads the table <c>[operator]</c> of a manifest: texts for the operator, and the code behind the default tool.</summary>
internal static partial class OperatorReader
{
    private static readonly string[] PropertyTypes = ["string", "integer", "number", "boolean", "string_list"];

    /// <param name="table">The table.</param>
    /// <param name="mustBeEmpty">Manifests of version 1 know the table but nothing in it.</param>
    public static ManifestOperator Read(ManifestTable table, bool mustBeEmpty)
    {
        if (mustBeEmpty && table.Source.Keys.Count > 0)
        {
            throw table.Wrong(table.Source.Keys.First(), "stands in a manifest of version 1, which has no [operator]", "version");
        }

        foreach (var key in new[] { "categories", "tags" })
        {
            if (!table.Texts(key).All(text => TagForm().IsMatch(text)))
            {
                throw table.Wrong(key, "holds something that is not made of a-z, 0-9, '.', '_' and '-'");
            }
        }

        if (table.OptionalText("docs_url") is { } url && (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme != "https" || url.AsSpan().IndexOfAny("# ") >= 0))
        {
            throw table.Wrong("docs_url", "is not an https URL without fragment");
        }

        var read = new ManifestOperator
        {
            DisplayName = table.OptionalText("display_name"),
            Summary = table.OptionalText("summary"),
            Description = table.OptionalText("description"),
            Categories = table.Texts("categories"),
            Tags = table.Texts("tags"),
            DocsUrl = table.OptionalText("docs_url"),
            Plugin = table.Table("plugin") is { } code ? Plugin(code) : null,
            Config = table.Table("config") is { } settings ? Config(settings) : null,
        };
        table.End();
        return read;
    }

    private static ManifestPlugin Plugin(ManifestTable table)
    {
        var plugin = new ManifestPlugin(
            table.Has("default_tool_id") ? ManifestReader.Identifier(table, "default_tool_id") : null,
            table.OptionalText("default_module_path"),
            table.OptionalText("default_entrypoint"));
        if (plugin.DefaultModule is { } module && !ModuleForm().IsMatch(module))
        {
            throw table.Wrong("default_module_path", "is not modules/NAME.wasm");
        }

        if (plugin.DefaultEntrypoint is { } entrypoint && !EntrypointForm().IsMatch(entrypoint))
        {
            throw table.Wrong("default_entrypoint", "is not made of a-z, 0-9, '_' and '-'");
        }

        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var contract in table.Tables("contracts"))
        {
            if (!kinds.Add(contract.NonBlank("kind")))
            {
                throw contract.Wrong("kind", "is there twice");
            }

            contract.Positive("version", 1);
            contract.End();
        }

        table.End();
        return plugin;
    }

    private static ManifestConfig Config(ManifestTable table)
    {
        table.Positive("schema_version", 1);
        var required = table.Texts("required");
        var properties = table.Table("properties");
        var known = ImmutableArray.CreateBuilder<ConfigProperty>();
        foreach (var name in properties?.Source.Keys ?? [])
        {
            var property = properties!.Table(name)!;
            var type = property.Text("type");
            if (!PropertyTypes.Contains(type))
            {
                throw property.Wrong("type", "is none of the known types");
            }

            property.OptionalText("title");
            property.OptionalText("description");
            known.Add(new ConfigProperty(name, type, property.Find("default"), required.Contains(name), property.Flag("redacted"), property.Texts("enum_values")));
            property.End();
        }

        if (!required.All(name => properties?.Has(name) == true))
        {
            throw table.Wrong("required", "names a property that is not described");
        }

        table.End();
        return new ManifestConfig(known.ToImmutable());
    }

    [GeneratedRegex(@"^[a-z0-9._-]+\z")]
    private static partial Regex TagForm();

    [GeneratedRegex(@"^modules/[^*\\:]+\.wasm\z")]
    private static partial Regex ModuleForm();

    [GeneratedRegex(@"^[a-z0-9_-]+\z")]
    private static partial Regex EntrypointForm();
}
