using System.Collections.Frozen;

namespace PluginHost.Skills.Manifests;

/// <summary>How to mend what is wrong in a file of ours or of Palyra's that a person wrote.</summary>
internal static class ManifestAdvice
{
    private const string Identifier = "made of a-z, 0-9, '.', '_', ':' and '-'";

    private static readonly FrozenDictionary<string, string> Examples = new Dictionary<string, string>
    {
        ["manifest_version"] = "write manifest_version = 2",
        ["skill_id"] = $"write for instance skill_id = \"acme.weather\", {Identifier}, without ':' and empty parts",
        ["publisher"] = $"write for instance publisher = \"acme\", {Identifier}",
        ["name"] = "write a name for people, for instance name = \"Weather\"",
        ["description"] = "say in a sentence what the tool does",
        ["version"] = "write three numbers, for instance version = \"1.2.3\"",
        ["id"] = "write the publisher, a dot and a name, for instance id = \"acme.today\"",
        ["entrypoints"] = "describe each tool in a table [[entrypoints.tools]]",
        ["tools"] = "describe each tool once in a table [[entrypoints.tools]]",
        ["input_schema"] = "write a JSON Schema as a table, for instance input_schema = { type = \"object\" }",
        ["output_schema"] = "write a JSON Schema as a table, for instance output_schema = { type = \"object\" }",
        ["compat"] = "write a table [compat] with required_protocol_major = 1 and min_palyra_version = \"0.1.0\"",
        ["required_protocol_major"] = "write required_protocol_major = 1, once and without the older name",
        ["min_palyra_version"] = "write for instance min_palyra_version = \"0.1.0\", once and without the older name",
        ["max_palyra_version"] = "write a version that is not below the minimum, or leave it out",
        ["http_egress_allowlist"] = "write bare host names, each once, for instance [\"api.example.com\"]: no scheme, port or path",
        ["read_roots"] = "write relative paths, each once, for instance [\"cache\"]: no '..', drive or backslash",
        ["write_roots"] = "write relative paths, each once, for instance [\"cache\"]: no '..', drive or backslash",
        ["scope"] = "write \"global\", or \"skill:\", \"principal:\" or \"channel:\" and an id",
        ["key_names"] = "write at least one name, for instance [\"API_TOKEN\"]",
        ["device_capabilities"] = "leave it out: this host has no devices",
        ["node_capabilities"] = "leave it out: this host has no nodes",
        ["wall_clock_timeout_ms"] = "write a number of milliseconds above zero",
        ["fuel_budget"] = "write a number above zero",
        ["max_memory_bytes"] = "write 65536 or more",
        ["sha256"] = "leave [integrity] out: building the package writes it",
        ["path"] = "write the path of a root of skill.toml, or leave [integrity] out: building the package writes it",
        ["experimental"] = "write experimental = true, or leave [builder] out",
        ["checklist"] = "write a table [builder.checklist], or leave [builder] out",
        ["categories"] = "write words made of a-z, 0-9, '.', '_' and '-'",
        ["tags"] = "write words made of a-z, 0-9, '.', '_' and '-'",
        ["docs_url"] = "write for instance \"https://example.com/skill\"",
        ["default_module_path"] = "write for instance \"modules/weather.wasm\"",
        ["default_entrypoint"] = "write a name made of a-z, 0-9, '_' and '-'",
        ["kind"] = "write each kind of contract once",
        ["required"] = "write only names that stand under [operator.config.properties]",
        ["properties"] = "describe each setting in a table of its own",
        ["type"] = "write string, integer, number, boolean or string_list",
        ["schema"] = "write schema = 1",
        ["module"] = "write the path of a module of the package, under the id of a tool of skill.toml",
        ["abi"] = "write extism, wasi or palyra",
        ["grants"] = "write names of [http.NAME], [files.NAME] and other sections of the file",
        ["host"] = "add the host to http_egress_allowlist of skill.toml: this file narrows and never widens",
        ["scheme"] = "write http or https",
        ["methods"] = "write for instance [\"GET\"], or leave it out for every method",
        ["path_prefix"] = "write for instance \"/v1/\"",
        ["port"] = "write a number from 1 to 65535",
        ["use"] = "write scope/key of [[capabilities.secrets]] of skill.toml and one of header, query and basic",
        ["header"] = "write the name of a header that is not the host's to write",
        ["access"] = "write read or write",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What to write for a key.</summary>
    public static string For(string key) => Examples.GetValueOrDefault(key, "write a value that fits, or leave the key out where it may be missing");

    /// <summary>What may have been meant by a key that nobody knows.</summary>
    public static string Instead(string key, IEnumerable<string> known) =>
        known.Select(candidate => (candidate, Distance: Distance(key, candidate))).Where(pair => pair.Distance <= Math.Max(1, key.Length / 3))
            .OrderBy(pair => pair.Distance).Select(pair => $"did you mean {pair.candidate}?").FirstOrDefault("remove it");

    /// <summary>How many letters have to change, come or go.</summary>
    private static int Distance(string x, string y)
    {
        if (x.Length > 64)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (var i = 1; i <= x.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var change = diagonal + (x[i - 1] == y[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
