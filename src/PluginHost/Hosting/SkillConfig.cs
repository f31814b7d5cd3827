using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Hosting;

/// <summary>The settings of a skill: what the operator gave, checked against what the manifest describes, and its defaults.</summary>
internal static class SkillConfig
{
    /// <exception cref="SkillVerificationException">A setting is missing, unknown or not of its type.</exception>
    public static ImmutableDictionary<string, string> Of(ManifestConfig? described, IEnumerable<KeyValuePair<string, string>> given)
    {
        var settings = given.ToImmutableDictionary(StringComparer.Ordinal);
        if (described is null)
        {
            return settings;
        }

        foreach (var name in settings.Keys.Where(name => !described.Properties.Any(property => property.Name == name)))
        {
            throw Refused($"the skill has no setting '{name}'");
        }

        foreach (var property in described.Properties)
        {
            if (!settings.TryGetValue(property.Name, out var value))
            {
                value = property.Default is { } usual ? Text(usual)
                    : property.IsRequired ? throw Refused($"the setting '{property.Name}' is required")
                    : null;
            }

            if (value is not null)
            {
                Check(property, value);
                settings = settings.SetItem(property.Name, value);
            }
        }

        return settings;
    }

    private static void Check(ConfigProperty property, string value)
    {
        var fits = property.Type switch
        {
            "integer" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "number" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number),
            "boolean" => value is "true" or "false",
            "string_list" => Strings(value) is not null,
            _ => true,
        };
        if (!fits)
        {
            throw Refused($"the setting '{property.Name}' is no {property.Type}");
        }

        if (!property.Values.IsEmpty && !(property.Type == "string_list" ? Strings(value)! : [value]).All(property.Values.Contains))
        {
            throw Refused($"the setting '{property.Name}' is none of {string.Join(", ", property.Values)}");
        }
    }

    /// <summary>A list is a JSON array of strings.</summary>
    private static string[]? Strings(string value)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(value) is { } list && !list.Contains(null) ? list : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TomlArray array => JsonSerializer.Serialize(array.Items.Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static SkillVerificationException Refused(string message) => new("policy", "config", message);
}
