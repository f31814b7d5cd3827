using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Skills.Toml;

namespace PluginHost.Consent;

/// <summary>Schemas as the manifest holds them, as JSON.</summary>
internal static class TomlJson
{
    public static JsonElement Of(TomlTable table) => JsonSerializer.SerializeToElement(Node(table));

    private static JsonNode? Node(object value) => value switch
    {
        TomlTable table => new JsonObject(table.Keys.Select(key => KeyValuePair.Create(key, Node(table[key])))),
        TomlArray array => new JsonArray([.. array.Items.Select(Node)]),
        string text => JsonValue.Create(text),
        long number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        double number => double.IsFinite(number) ? JsonValue.Create(number) : JsonValue.Create(number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        TomlTime time => JsonValue.Create(time.Text),
        _ => throw new InvalidOperationException($"a value of type {value.GetType().Name} in a manifest"),
    };
}
