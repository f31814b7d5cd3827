using System.Text.Json.Nodes;
using PluginHost.Consent;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Cli.Skills;

/// <summary>A manifest, and what follows from it, in the fields of Palyra's reports.</summary>
internal static class ManifestJson
{
    private static readonly string[] Wildcards = ["filesystem", "http_egress", "secrets", "device", "node"];

    /// <param name="manifest">The manifest.</param>
    /// <param name="text">The same as it was written: tables that are told as they stand.</param>
    public static JsonObject Of(SkillManifest manifest, byte[] text)
    {
        var written = TomlReader.Read(text);
        var json = new JsonObject
        {
            ["manifest_version"] = manifest.ManifestVersion,
            ["skill_id"] = manifest.SkillId,
            ["name"] = manifest.Name,
            ["version"] = manifest.Version.ToString(),
            ["publisher"] = manifest.Publisher,
            ["entrypoints"] = new JsonObject { ["tools"] = new JsonArray([.. manifest.Tools.Select(Tool)]) },
            ["capabilities"] = Capabilities(manifest.Capabilities),
            ["compat"] = Compatibility(manifest.Compatibility),
            ["integrity"] = new JsonObject
            {
                ["files"] = new JsonArray([.. manifest.Integrity.Select(file => (JsonNode)new JsonObject { ["path"] = file.Key, ["sha256"] = file.Value })]),
            },
        };
        if (Written(written, "builder") is { } builder)
        {
            json["builder"] = builder;
        }

        var operators = Written(written, "operator") ?? [];
        foreach (var list in new[] { "categories", "tags" })
        {
            operators[list] ??= new JsonArray();
        }

        operators["plugin"] ??= new JsonObject();
        json["operator"] = operators;
        return json;
    }

    public static JsonArray Warnings(SkillManifest manifest) =>
        [.. manifest.Warnings.Select(warning => (JsonNode)new JsonObject { ["code"] = warning.Code, ["severity"] = "warning", ["message"] = warning.ToString() })];

    /// <summary>What the skill is granted, as Palyra derives it: roots that may only be read are not among the prefixes.</summary>
    public static JsonObject Grants(SkillManifest manifest) => new()
    {
        ["http_hosts"] = Sorted(manifest.Capabilities.Hosts),
        ["secret_keys"] = Sorted(Secrets(manifest)),
        ["storage_prefixes"] = Sorted(manifest.Capabilities.WriteRoots),
        ["channels"] = new JsonArray(),
    };

    /// <summary>What a policy would have to allow, each once, by action and resource.</summary>
    public static JsonArray Bindings(SkillManifest manifest)
    {
        var skill = "skill:" + manifest.SkillId;
        var asked = manifest.Capabilities;
        var bindings = manifest.Tools.Select(tool => (Action: "tool.execute", Resource: "tool:" + tool.Id, Approval: tool.IsSensitive || tool.RequiresApproval)).ToList();
        Add(!asked.Hosts.IsEmpty, "skill.capability.http.egress");
        Add(!asked.WriteRoots.IsEmpty, "skill.capability.filesystem.write");
        Add(!asked.Secrets.IsEmpty, "skill.capability.vault.read");
        Add(!asked.Devices.IsEmpty || !asked.Nodes.IsEmpty, "skill.capability.device.use");
        return
        [
            .. bindings.Distinct().OrderBy(one => one.Action, StringComparer.Ordinal).ThenBy(one => one.Resource, StringComparer.Ordinal)
                .Select(one => (JsonNode)new JsonObject { ["action"] = one.Action, ["resource"] = one.Resource, ["requires_approval"] = one.Approval }),
        ];

        void Add(bool isAsked, string action)
        {
            if (isAsked)
            {
                bindings.Add((action, skill, true));
            }
        }
    }

    private static IEnumerable<string> Secrets(SkillManifest manifest) => manifest.Capabilities.Secrets.SelectMany(secrets => secrets.Keys.Select(key => $"{secrets.Scope}/{key}"));

    private static JsonArray Sorted(IEnumerable<string> texts) => Texts(texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static JsonObject? Written(TomlTable table, string name) =>
        table.TryGet(name, out var value) && value is TomlTable inner ? JsonNode.Parse(TomlJson.Of(inner).GetRawText())!.AsObject() : null;

    private static JsonObject Compatibility(ManifestCompatibility compatibility)
    {
        var json = new JsonObject { ["required_protocol_major"] = compatibility.ProtocolMajor, ["min_palyra_version"] = compatibility.MinimumHost.ToString() };
        if (compatibility.MaximumHost is { } maximum)
        {
            json["max_palyra_version"] = maximum.ToString();
        }

        return json;
    }

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
