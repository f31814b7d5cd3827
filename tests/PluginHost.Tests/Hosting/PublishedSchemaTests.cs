using System.Text;
using System.Text.Json;
using PluginHost.Consent;
using PluginHost.Skills;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.JsonSchema;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Toml;

namespace PluginHost.Tests.Hosting;

/// <summary>
/// The schemas in <c>docs/schemas</c> say what our own readers say: whatever a reader accepts fits its schema, and whatever does not fit
/// is refused. The readers know rules that no schema can express, so they may refuse more.
/// </summary>
[TestClass]
public sealed class PublishedSchemaTests
{
    private const string Skill = """
        manifest_version = 2
        skill_id = "acme.x"
        name = "X"
        version = "1.2.3"
        publisher = "acme"
        [[entrypoints.tools]]
        id = "acme.run"
        name = "run"
        description = "runs"
        input_schema = { type = "string" }
        output_schema = {}
        [entrypoints.tools.risk]
        requires_approval = false
        [capabilities]
        http_egress_allowlist = ["api.test"]
        device_capabilities = []
        [capabilities.filesystem]
        read_roots = ["in"]
        write_roots = ["cache"]
        [[capabilities.secrets]]
        scope = "skill:acme.x"
        key_names = ["KEY"]
        [capabilities.quotas]
        wall_clock_timeout_ms = 1000
        fuel_budget = 1000
        max_memory_bytes = 65536
        [capabilities.wildcard_opt_in]
        secrets = false
        [compat]
        required_protocol_major = 1
        min_palyra_version = "0.1.0"
        [builder]
        experimental = true
        source_kind = "a"
        source_ref = "b"
        rollout_flag = "c"
        review_status = "approved"
        [builder.checklist]
        capability_declaration_path = "a"
        provenance_path = "b"
        test_harness_path = "c"
        review_notes = "d"
        [operator]
        display_name = "X"
        tags = ["a"]
        docs_url = "https://example.com/x"
        [operator.plugin]
        default_tool_id = "acme.run"
        default_module_path = "modules/m.wasm"
        default_entrypoint = "run"
        [[operator.plugin.contracts]]
        kind = "a"
        version = 1
        [operator.config]
        schema_version = 1
        required = ["unit"]
        [operator.config.properties.unit]
        type = "string"
        title = "Unit"
        default = "C"
        redacted = false
        enum_values = ["C"]
        """;

    private const string Capabilities = """
        schema = 1
        [tools."acme.run"]
        module = "modules/m.wasm"
        export = "run"
        abi = "extism"
        grants = ["api", "cache", "environment"]
        fuel = 100
        timeout_ms = 100
        memory_bytes = 65536
        [http.api]
        host = "api.test"
        scheme = "https"
        port = 443
        methods = ["GET"]
        path_prefix = "/v1/"
        redirects = false
        [http.api.secret]
        use = "skill:acme.x/KEY"
        header = "Authorization"
        prefix = "Bearer "
        [files.cache]
        path = "cache"
        access = "write"
        max_bytes = 100
        [variables]
        max_bytes = 100
        [environment]
        keys = ["LANG"]
        [clock]
        precision_ms = 1
        [random]
        max_bytes_per_call = 10
        [log]
        max_bytes_per_call = 10
        [secrets_read]
        keys = ["skill:acme.x/KEY"]
        [calls]
        tools = ["other.tool"]
        [host]
        functions = ["f"]
        """;

    private const string Policy = """
        schema = 1
        strict_imports = true
        allow_trust_on_first_use = false
        withdrawn = ["random", "secrets.read"]
        [http]
        hosts = ["api.test"]
        [resolve]
        "api.test:443" = "http://127.0.0.1:8080"
        [trusted_publishers]
        acme = ["0000000000000000000000000000000000000000000000000000000000000000"]
        [command_line]
        forbid_first_use_flag = true
        forbid_bare_modules = true
        [consent]
        inherit = true
        forbid_accept_flag = false
        accept = ["0000000000000000000000000000000000000000000000000000000000000000"]
        [limits]
        call_time_ms = 1000
        load_time_ms = 1000
        drain_time_ms = 0
        call_fuel = 10
        call_memory_bytes = 65536
        data_bytes = 0
        concurrent_calls = 2
        concurrent_calls_per_skill = 1
        queued_calls = 0
        concurrent_loads = 1
        queue_time_ms = 10
        calls_per_second = 7
        calls_per_second_per_skill = 7
        brokered_bytes_per_second = 7
        brokered_bytes_per_second_per_skill = 7
        host_memory_bytes = 65536
        failure_percent = 7
        failure_minimum_calls = 7
        failure_window_ms = 700
        break_time_ms = 700
        quarantine_after_breaks = 0
        denials_per_minute = 0
        sessions_per_skill = 0
        http_retries = 0
        [provenance]
        minimum_level = 1
        [[provenance.builders]]
        key = "00"
        max_level = 2
        parameters = ["source"]
        id = "https://ci.example/b"
        [provenance.sources.acme]
        repository = "https://git.example/x"
        ref = "refs/tags/*"
        [chain]
        trust_bundle = "trust.jsonl"
        log_policy = "logs.txt"
        log_max_age_hours = 48
        distrusted_keys = ["00"]
        [[chain.narrators]]
        key = "00"
        name = "ops"
        role = "auditor"
        [chain.low]
        score = 30
        [chain.medium]
        auditors = 1
        [chain.high]
        grade = "hasan"
        auditors = 2
        reviewed_by = ["00"]
        score = 75
        [inspection]
        max_module_bytes = 65536
        max_exported_functions = 10
        vulnerability_feed = "osv"
        scan = true
        scan_rules = ["a.yar"]
        """;

    private static Schema Published(string name) =>
        Schema.Compile(JsonElement.Parse(File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "schemas", name + ".schema.json"))));

    private static readonly SkillManifest Manifest = ManifestReader.Read(Encoding.UTF8.GetBytes(Skill));

    private static Action<byte[]> Reader(string name) => name switch
    {
        "skill" => bytes => ManifestReader.Read(bytes),
        "policy" => bytes => PolicyFile.Parse(bytes, isSigned: true),
        _ => bytes => CapabilitiesFileReader.Read(Artifact(bytes), Manifest),
    };

    private static SkillArtifact Artifact(byte[] capabilities)
    {
        using var stream = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in new[] { ("modules/m.wasm", "m"u8.ToArray()), (CapabilitiesFileReader.Entry, capabilities) })
            {
                using var entry = archive.CreateEntry(path).Open();
                entry.Write(content);
            }
        }

        return SkillArtifact.Read(stream.ToArray());
    }

    private static bool Reads(Action<byte[]> reader, string text)
    {
        try
        {
            reader(Encoding.UTF8.GetBytes(text));
            return true;
        }
        catch (Exception e) when (e is SkillVerificationException or TomlException)
        {
            return false;
        }
    }

    private static bool Fits(Schema schema, string text) => schema.Check(TomlJson.Of(TomlReader.Read(Encoding.UTF8.GetBytes(text)))) is null;

    [TestMethod]
    [DataRow("skill", Skill)]
    [DataRow("capabilities", Capabilities)]
    [DataRow("policy", Policy)]
    public void Schema_AcceptsWhatTheReaderAccepts_AndRefusesOnlyWhatItRefuses(string name, string text)
    {
        var (schema, reader) = (Published(name), Reader(name));
        Assert.IsTrue(Reads(reader, text), "the reader refuses the example");
        Assert.AreEqual("", schema.Check(TomlJson.Of(TomlReader.Read(Encoding.UTF8.GetBytes(text))))?.ToString() ?? "");

        var (lines, compared, refused) = (text.Split('\n'), 0, 0);
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var changed in Changes(lines[i]))
            {
                var mutant = string.Join('\n', lines.Select((line, j) => j == i ? changed : line));
                bool fits;
                try
                {
                    fits = Fits(schema, mutant);
                }
                catch (TomlException)
                {
                    continue;
                }

                compared++;
                refused += fits ? 0 : 1;
                Assert.IsTrue(fits || !Reads(reader, mutant), $"the schema refuses what the reader accepts:\n{changed}");
                Assert.IsTrue(!fits || Reads(reader, mutant) || IsBeyondSchemas(lines[i], changed), $"the reader refuses what the schema accepts:\n{changed}");
            }
        }

        Assert.IsTrue(compared > 60 && refused > 30, $"{compared} compared, {refused} refused");
    }

    /// <summary>Other values, types and keys in place of a line.</summary>
    private static IEnumerable<string> Changes(string line)
    {
        yield return "";
        if (line.Split(" = ", 2) is not [var key, var value])
        {
            yield return line.Replace("]", "-x]", StringComparison.Ordinal);
            yield break;
        }

        yield return $"{key}_x = {value}";
        foreach (var other in new[] { "1", "0", "-1", "true", "false", "\"\"", "\" \"", "\"x\"", "\"X Y\"", "[]", "[1]", "[\"\"]", "[\"x\"]", "[\"x\", \"x\"]", "{}", "{ a = 1 }", "2.5", "99999999999" })
        {
            yield return $"{key} = {other}";
        }
    }

    /// <summary>Rules between places of a file, and forms of names that the schema leaves to the reader.</summary>
    private static bool IsBeyondSchemas(string line, string changed)
    {
        var key = line.Split(' ')[0];
        return changed.Length == 0 || line.StartsWith('[')
            || key is "version" or "min_palyra_version" or "publisher" or "id" or "required" or "module" or "grants" or "host" or "path" or "keys" or "use" or "fuel" or "timeout_ms"
                or "memory_bytes" or "manifest_version" or "http_egress_allowlist" or "device_capabilities" or "key_names" or "header" or "docs_url" or "read_roots" or "write_roots"
            || key.EndsWith("_x", StringComparison.Ordinal);
    }
}
