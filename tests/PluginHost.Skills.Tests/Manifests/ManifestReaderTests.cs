using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Tests.Manifests;

[TestClass]
public sealed class ManifestReaderTests
{
    private const string Minimal = """
        manifest_version = 2
        skill_id = "acme.weather"
        name = "Weather"
        version = "1.2.3"
        publisher = "acme"

        [[entrypoints.tools]]
        id = "acme.weather.today"
        name = "Today"
        description = "Tells the weather."
        input_schema = { type = "object" }
        output_schema = { type = "object" }
        risk = { requires_approval = true }

        [capabilities]
        http_egress_allowlist = ["api.example.com"]
        [capabilities.filesystem]
        write_roots = ["cache"]
        [[capabilities.secrets]]
        scope = "skill:acme.weather"
        key_names = ["API_TOKEN"]
        [capabilities.quotas]
        fuel_budget = 5

        [compat]
        required_protocol_major = 1
        min_palyra_version = "0.1.0"
        """;

    private static SkillManifest Read(string text) => ManifestReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Refusal(string from, string to)
    {
        StringAssert.Contains(Minimal, from);
        return Assert.ThrowsExactly<SkillVerificationException>(() => Read(Minimal.Replace(from, to, StringComparison.Ordinal))).Code;
    }

    [TestMethod]
    public void Manifest_IsRead_WithDefaults()
    {
        var manifest = Read(Minimal);

        Assert.AreEqual("acme.weather", manifest.SkillId);
        Assert.AreEqual("1.2.3", manifest.Version.ToString());
        Assert.IsTrue(manifest.Tools.Single().RequiresApproval);
        Assert.AreEqual("api.example.com", manifest.Capabilities.Hosts.Single());
        Assert.AreEqual("cache", manifest.Capabilities.WriteRoots.Single());
        Assert.AreEqual(5, manifest.Capabilities.Quotas.Fuel);
        Assert.AreEqual(TimeSpan.FromSeconds(30), manifest.Capabilities.Quotas.WallClock);
        Assert.AreEqual(67_108_864, manifest.Capabilities.Quotas.MemoryBytes);
    }

    [TestMethod]
    [DataRow("\"acme.weather\"", "\"acme weather\"", "manifest.value")]
    [DataRow("\"acme.weather\"", "\"acme..weather\"", "manifest.value")]
    [DataRow("\"acme.weather\"", "\"installed-index.json\"", "manifest.value")]
    [DataRow("\"acme.weather\"", "\"acme:weather\"", "manifest.value")]
    [DataRow("publisher = \"acme\"", "publisher = \"acme \"", "manifest.value")]
    [DataRow("publisher = \"acme\"", "publisher = \"acne\"", "manifest.value")]
    [DataRow("publisher = \"acme\"", "publisher = \"acme\"\nextra = 1", "manifest.unknown-key")]
    [DataRow("publisher = \"acme\"", "", "manifest.missing-key")]
    [DataRow("\"1.2.3\"", "\"1.2\"", "manifest.value")]
    [DataRow("\"1.2.3\"", "\"1.2.3-rc1\"", "manifest.value")]
    [DataRow("\"1.2.3\"", "\"01.2.3\"", "manifest.value")]
    [DataRow("\"1.2.3\"", "\"+1.2.3\"", "manifest.value")]
    [DataRow("\"1.2.3\"", "\"1.2.4294967296\"", "manifest.value")]
    [DataRow("\"1.2.3\"", "\"1.2.3\\n\"", "manifest.value")]
    [DataRow("\"api.example.com\"", "\"*.example.com\"", "manifest.value")]
    [DataRow("\"api.example.com\"", "\"https://api.example.com\"", "manifest.value")]
    [DataRow("\"api.example.com\"", "1", "manifest.value")]
    [DataRow("\"cache\"", "\"../cache\"", "manifest.value")]
    [DataRow("\"cache\"", "\"/cache\"", "manifest.value")]
    [DataRow("fuel_budget = 5", "fuel_budget = 0", "manifest.value")]
    [DataRow("fuel_budget = 5", "max_memory_bytes = 65535", "manifest.value")]
    [DataRow("input_schema = { type = \"object\" }", "input_schema = \"object\"", "manifest.value")]
    [DataRow("manifest_version = 2", "manifest_version = 3", "manifest.version")]
    [DataRow("manifest_version = 2", "manifest_version = ", "manifest.toml")]
    [DataRow("required_protocol_major = 1", "required_protocol_major = 1\nmin_protocol_major = 1", "manifest.value")]
    public void Manifest_ThatBreaksARule_IsRefused(string from, string to, string code) => Assert.AreEqual(code, Refusal(from, to));

    [TestMethod]
    [DataRow("publisher = \"acme\"", "publishr = \"acme\"", "manifest.missing-key", 1, 1, "publisher = ")]
    [DataRow("publisher = \"acme\"", "publisher = \"acme\"\npublishers = 1", "manifest.unknown-key", 6, 1, "did you mean publisher?")]
    [DataRow("\"1.2.3\"", "\"1.2\"", "manifest.value", 4, 1, "three numbers")]
    [DataRow("fuel_budget = 5", "  fuel_budget = 0", "manifest.value", 23, 3, "above zero")]
    [DataRow("manifest_version = 2", "manifest_version = ,", "manifest.toml", 1, 20, "TOML 1.1")]
    public void Refusal_NamesFileLineColumnRuleAndAWayToMendIt(string from, string to, string code, int line, int column, string advice)
    {
        var refusal = Assert.ThrowsExactly<SkillVerificationException>(() => Read(Minimal.Replace(from, to, StringComparison.Ordinal)));

        Assert.AreEqual(code, refusal.Diagnostic!.Code);
        Assert.AreEqual("skill.toml", refusal.Diagnostic.File);
        Assert.AreEqual((line, column), (refusal.Diagnostic.Line, refusal.Diagnostic.Column));
        StringAssert.Contains(refusal.Diagnostic.Advice, advice);
        StringAssert.StartsWith(refusal.Message, $"skill.toml:{line}:{column}: ");
    }

    [TestMethod]
    [DataRow("", "missing_operator_metadata")]
    [DataRow("[operator]\nsummary = \"x\"", "missing_operator_display_name")]
    [DataRow("[operator]\ndisplay_name = \"x\"", "")]
    [DataRow("[operator]\ndisplay_name = \"x\"\n[operator.config]", "empty_operator_config_contract")]
    [DataRow("[operator]\ndisplay_name = \"x\"\n[operator.config.properties.api_key]\ntype = \"string\"", "operator_config_redaction_recommended")]
    [DataRow("[operator]\ndisplay_name = \"x\"\n[operator.config.properties.api_key]\ntype = \"string\"\nredacted = true", "")]
    public void Warnings_AreThoseOfPalyra(string operators, string codes) =>
        Assert.AreEqual(codes, string.Join(' ', Read($"{Minimal}\n{operators}").Warnings.Select(warning => warning.Code)));

    [TestMethod]
    public void Version1_IsReadWithAWarning() =>
        Assert.AreEqual("legacy_manifest_version", Read(Minimal.Replace("manifest_version = 2", "manifest_version = 1", StringComparison.Ordinal)).Warnings.Single().Code);

    [TestMethod]
    public void MutatedManifest_IsReadOrRefusedByATypedError()
    {
        var bytes = Encoding.UTF8.GetBytes(Minimal);
        var mutation = Gen.Zip(Gen.Choose(0, bytes.Length - 1), Gen.Choose(32, 126)).ListOf(2).ToArbitrary();
        Prop.ForAll(mutation, edits =>
        {
            var changed = bytes.ToArray();
            foreach (var (at, value) in edits)
            {
                changed[at] = (byte)value;
            }

            try
            {
                ManifestReader.Read(changed);
            }
            catch (SkillVerificationException e)
            {
                Assert.AreEqual("manifest", e.Room);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
