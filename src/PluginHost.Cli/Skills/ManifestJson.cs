using System.Text.Json.Nodes;
using PluginHost.Consent;
using PluginHost.Skills.Manifests;

namespace PluginHost.Cli.Skills;

/// <summary>A manifest, and what follows from it, in the fields of Palyra's reports.</summary>
internal static class ManifestJson
{
    private static readonly string[] Wildcards = ["filesystem", "http_egress", "secrets", "device", "node"];

    public static JsonObject Of(SkillManifest manifest) => new()
    {
        ["manifest_version"] = manifest.ManifestVersion,
        ["skill_id"] = manifest.SkillId,
        ["name"] = manifest.Name,
        ["version"] = manifest.Version.ToString(),
        ["publisher"] = manifest.Publisher,
        ["entrypoints"] = new JsonObject { ["tools"] = new JsonArray([.. manifest.Tools.Select(Tool)]) },
        ["capabilities"] = Capabilities(manifest.Capabilities),
        ["compat"] = new JsonObject
        {
            ["required_protocol_major"] = manifest.Compatibility.ProtocolMajor,
            ["min_palyra_version"] = manifest.Compatibility.MinimumHost.ToString(),
            ["max_palyra_version"] = manifest.Compatibility.MaximumHost?.ToString(),
        },
        ["integrity"] = new JsonObject
        {
            ["files"] = new JsonArray([.. manifest.Integrity.Select(file => (JsonNode)new JsonObject { ["path"] = file.Key, ["sha256"] = file.Value })]),
        },
        ["operator"] = new JsonObject
        {
            ["display_name"] = manifest.Operator.DisplayName,
            ["summary"] = manifest.Operator.Summary,
            ["description"] = manifest.Operator.Description,
            ["categories"] = Texts(manifest.Operator.Categories),
            ["tags"] = Texts(manifest.Operator.Tags),
            ["docs_url"] = manifest.Operator.DocsUrl,
        },
    };

    public static JsonArray Warnings(SkillManifest manifest) =>
        [.. manifest.Warnings.Select(warning => (JsonNode)new JsonObject { ["code"] = warning.Code, ["message"] = warning.ToString() })];

    /// <summary>What the skill is granted, as Palyra derives it: roots that may only be read are not among the prefixes.</summary>
    public static JsonObject Grants(SkillManifest manifest) => new()
    {
        ["http_hosts"] = Texts(manifest.Capabilities.Hosts),
        ["secret_keys"] = Texts(Secrets(manifest)),
        ["storage_prefixes"] = Texts(manifest.Capabilities.WriteRoots),
        ["channels"] = new JsonArray(),
    };

    public static JsonArray Bindings(SkillManifest manifest)
    {
        var skill = "skill:" + manifest.SkillId;
        var asked = manifest.Capabilities;
        return
        [
            .. manifest.Tools.Select(tool => (JsonNode)Binding("tool.execute", "tool:" + tool.Id, tool.RequiresApproval)),
            .. asked.Hosts.IsEmpty ? [] : (JsonNode[])[Binding("skill.capability.http.egress", skill, true)],
            .. asked.WriteRoots.IsEmpty ? [] : (JsonNode[])[Binding("skill.capability.filesystem.write", skill, true)],
            .. asked.Secrets.IsEmpty ? [] : (JsonNode[])[Binding("skill.capability.vault.read", skill, true)],
            .. asked.Devices.IsEmpty ? [] : (JsonNode[])[Binding("skill.capability.device.use", skill, true)],
        ];
    }

    private static IEnumerable<string> Secrets(SkillManifest manifest) => manifest.Capabilities.Secrets.SelectMany(secrets => secrets.Keys.Select(key => $"{secrets.Scope}/{key}"));

    private static JsonObject Binding(string action, string resource, bool requiresApproval) => new() { ["action"] = action, ["resource"] = resource, ["requires_approval"] = requiresApproval };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    private static JsonNode Tool(ManifestTool tool) => new JsonObject
    {
        ["id"] = tool.Id,
        ["name"] = tool.Name,
        ["description"] = tool.Description,
        ["input_schema"] = JsonNode.Parse(TomlJson.Of(tool.InputSchema).GetRawText()),
        ["output_schema"] = JsonNode.Parse(TomlJson.Of(tool.OutputSchema).GetRawText()),
        ["risk"] = new JsonObject { ["default_sensitive"] = tool.IsSensitive, ["requires_approval"] = tool.RequiresApproval },
    };

    private static JsonObject Capabilities(ManifestCapabilities asked) => new()
    {
        ["filesystem"] = new JsonObject { ["read_roots"] = Texts(asked.ReadRoots), ["write_roots"] = Texts(asked.WriteRoots) },
        ["http_egress_allowlist"] = Texts(asked.Hosts),
        ["secrets"] = new JsonArray([.. asked.Secrets.Select(secrets => (JsonNode)new JsonObject { ["scope"] = secrets.Scope, ["key_names"] = Texts(secrets.Keys) })]),
        ["device_capabilities"] = Texts(asked.Devices),
        ["node_capabilities"] = Texts(asked.Nodes),
        ["quotas"] = new JsonObject
        {
            ["wall_clock_timeout_ms"] = (long)asked.Quotas.WallClock.TotalMilliseconds,
            ["fuel_budget"] = asked.Quotas.Fuel,
            ["max_memory_bytes"] = asked.Quotas.MemoryBytes,
        },
        ["wildcard_opt_in"] = new JsonObject(Wildcards.Select(name => KeyValuePair.Create(name, (JsonNode?)asked.WildcardOptIns.Contains(name)))),
    };
}
