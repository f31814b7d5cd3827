using System.Text;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Tests.Inspection;

[TestClass]
public sealed class StaticAuditorTests
{
    private const string Hosts = "[capabilities]\nhttp_egress_allowlist = [\"h.test\"]";
    private const string Import = """(import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64))) (type $t (func (param i64 i64) (result i64)))""";

    private static StaticAudit Run(DemoPackage package, StaticPolicy? policy = null) =>
        StaticAuditor.Run(SkillArtifact.Read(package.Build()), new InspectionSettings { Static = policy ?? new StaticPolicy() });

    private static bool Finds(StaticAudit audit, string id) => audit.Findings.Any(finding => finding.Id == id);

    private static string Module(string content) => $"(module {Import} {content})";

    [TestMethod]
    public void GoodPackage_PassesPalyrasChecks_InPalyrasOrder()
    {
        var audit = Run(new DemoPackage { Manifest = "[operator]\ndisplay_name = \"Demo\"" });

        Assert.IsTrue(audit.Passed);
        CollectionAssert.AreEqual(
            new[]
            {
                "signature_validity", "sbom_presence", "provenance_presence", "manifest_sanity", "manifest_filesystem_scopes", "manifest_http_egress_scopes", "manifest_secret_scopes",
                "forbidden_device_capabilities", "forbidden_wildcard_capabilities", "wasm_module_presence", "wasm_module_size_limit", "wasm_module_validation", "wasm_exported_function_limit",
                "wasm_wasi_filesystem_imports", "vulnerability_feed_hook",
            },
            audit.Checks.Select(check => check.Id).ToArray());
        Assert.AreEqual("vulnerability_feed_hook", audit.Checks.Single(check => check.Status == CheckStatus.Warn).Id);
    }

    [TestMethod]
    public void Warnings_OfTheManifest_AreChecks() =>
        Assert.AreEqual(CheckStatus.Warn, Run(new DemoPackage()).Checks.Single(check => check.Id == "manifest_warning:missing_operator_metadata").Status);

    [TestMethod]
    [DataRow("[capabilities]\ndevice_capabilities = [\"camera\"]", "forbidden_device_capabilities")]
    [DataRow("[capabilities.wildcard_opt_in]\nsecrets = true", "forbidden_wildcard_capabilities")]
    public void ForbiddenCapabilities_Fail(string manifest, string check)
    {
        var audit = Run(new DemoPackage { Manifest = manifest });

        Assert.AreEqual(CheckStatus.Fail, audit.Checks.Single(one => one.Id == check).Status);
        Assert.IsFalse(audit.Passed);
        StringAssert.Contains(audit.Reasons.First(), "the skill ");
    }

    [TestMethod]
    public void Limits_OfModules_AreThePolicys()
    {
        Assert.AreEqual(CheckStatus.Fail, Run(new DemoPackage(), new StaticPolicy { MaxModuleBytes = 10 }).Checks.Single(check => check.Id == "wasm_module_size_limit").Status);
        Assert.AreEqual(CheckStatus.Fail, Run(new DemoPackage(), new StaticPolicy { MaxExportedFunctions = 0 }).Checks.Single(check => check.Id == "wasm_exported_function_limit").Status);
    }

    [TestMethod]
    public void BrokenSignature_IsACheckThatFails_AndTheRestIsLookedAt()
    {
        var artifact = SkillArtifact.Read(new DemoPackage().Build());
        var entries = artifact.Entries.Select(entry => entry.Path == "signature.json"
            ? (entry.Path, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(entry.Content).Replace("\"payload_sha256\": \"", "\"payload_sha256\": \"0", StringComparison.Ordinal)))
            : (entry.Path, entry.Content)).ToArray();
        var audit = StaticAuditor.Run(SkillArtifact.Read(Packages.Zip(entries)), new InspectionSettings());

        Assert.AreEqual(CheckStatus.Fail, audit.Checks.Single(check => check.Id == "signature_validity").Status);
        Assert.AreEqual(CheckStatus.Pass, audit.Checks.Single(check => check.Id == "wasm_module_validation").Status);
    }

    [TestMethod]
    public void Capability_ThatNoToolReaches_IsFound()
    {
        var direct = Module("""(func (export "run") (result i32) (drop (call $http (i64.const 0) (i64.const 0))) (i32.const 0))""");
        var nested = Module("""(func $a (drop (call $http (i64.const 0) (i64.const 0)))) (func $b (call $a)) (func (export "run") (result i32) (call $b) (i32.const 0))""");
        var indirect = Module("""(table 1 funcref) (elem (i32.const 0) $http) (func (export "run") (result i32) (drop (call_indirect (type $t) (i64.const 0) (i64.const 0) (i32.const 0))) (i32.const 0))""");
        var started = Module("""(func $s (drop (call $http (i64.const 0) (i64.const 0)))) (start $s) (func (export "run") (result i32) (i32.const 0))""");
        var never = Module("""(func (export "other") (drop (call $http (i64.const 0) (i64.const 0)))) (func (export "run") (result i32) (i32.const 0))""");
        var table = Module("""(table 1 funcref) (elem (i32.const 0) $http) (func (export "run") (result i32) (i32.const 0))""");

        foreach (var module in new[] { direct, nested, indirect, started })
        {
            Assert.IsFalse(Finds(Run(new DemoPackage { Manifest = Hosts, Module = module }), "unreachable_capability"), module);
        }

        foreach (var module in new[] { never, table })
        {
            Assert.IsTrue(Finds(Run(new DemoPackage { Manifest = Hosts, Module = module }), "unreachable_capability"), module);
        }
    }

    [TestMethod]
    public void Import_WithoutARequest_IsFound()
    {
        var module = Module("""(func (export "run") (result i32) (i32.const 0))""");

        Assert.IsTrue(Finds(Run(new DemoPackage { Module = module }), "import_without_request"));
        Assert.IsFalse(Finds(Run(new DemoPackage { Module = module, Manifest = Hosts }), "import_without_request"));
    }

    [TestMethod]
    [DataRow("Runs.\\u202E", "misleading_text")]
    [DataRow("Runs.\\U000E0041", "misleading_text")]
    [DataRow("Ru\\u200Bns.", "invisible_text")]
    [DataRow("Ru\\u00ADns.", "invisible_text")]
    [DataRow("Family \\U0001F468\\u200D\\U0001F469", "")]
    [DataRow("\\u0645\\u06CC\\u200C\\u062E", "")]
    [DataRow("a\\u200Fb", "invisible_text")]
    [DataRow("a\\uFE0Fb", "invisible_text")]
    [DataRow("1\\uFE0F\\u20E3 \\u2764\\uFE0F", "")]
    [DataRow("\\u05D0\\u200F", "")]
    [DataRow("Runs, plainly.", "")]
    public void TextThatHidesSomething_IsFound(string description, string rule)
    {
        var audit = Run(new DemoPackage { Description = description });

        Assert.AreEqual(rule, string.Join(' ', audit.Findings.Where(finding => finding.Id.EndsWith("_text", StringComparison.Ordinal)).Select(finding => finding.Id).Distinct()));
    }

    [TestMethod]
    public void TextWithABadByte_OrInUtf16_IsLookedAtAllTheSame()
    {
        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/a.md", [.. "one two\u202E three four five six seven eight nine ten eleven twelve thirteen"u8, 0xFF])] }), "misleading_text"));
        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/a.md", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("one\u202E")])] }), "misleading_text"));
        Assert.IsTrue(Finds(Run(new DemoPackage { Manifest = "[operator]\ndisplay_name = \"x\"\n[operator.config.properties.a]\ntype = \"string\"\ntitle = \"\\u202E\"" }), "misleading_text"));
    }

    [TestMethod]
    public void TextsOfADocument_AreNoLongerThanTheDocument()
    {
        var document = Encoding.UTF8.GetBytes($"[{new string('k', 4_000)}]\n{string.Join('\n', Enumerable.Range(0, 2_000).Select(i => $"a{i} = {{ }}"))}");

        Assert.IsTrue(TomlTexts.Of(TomlReader.Read(document)).Sum(text => text.Length) <= document.Length);
    }

    [TestMethod]
    public void BrokenDocuments_EndInAReport_NeverInAnUntypedError()
    {
        var entries = SkillArtifact.Read(new DemoPackage { Capabilities = "" }.Build()).Entries.Select(entry => (entry.Path, entry.Path == "assets/capabilities.toml" ? "= no TOML"u8.ToArray() : entry.Content)).ToArray();

        Assert.IsFalse(StaticAuditor.Run(SkillArtifact.Read(Packages.Zip(entries)), new InspectionSettings()).Passed);
    }

    [TestMethod]
    [DataRow(".debug_x")]
    [DataRow("whatever")]
    public void Program_InACustomSection_IsFound_WhateverItIsCalled(string name)
    {
        byte[] content = [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Elf];

        Assert.IsTrue(Finds(Run(new DemoPackage { Section = [0, (byte)content.Length, .. content] }), "embedded_executable"));
    }

    [TestMethod]
    public void Noise_CutIntoSegments_IsFound()
    {
        var noise = new byte[20_000];
        new Random(2).NextBytes(noise);
        var pieces = string.Concat(noise.Chunk(1_000).Select((piece, i) => $"(data (i32.const {i * 1_000}) \"{string.Concat(piece.Select(value => $"\\{value:x2}"))}\")"));

        Assert.IsTrue(Finds(Run(new DemoPackage { Module = Module($"""(memory 1) {pieces} (func (export "run") (result i32) (i32.const 0))""") }), "high_entropy_data"));
    }

    [TestMethod]
    public void TextOfAnAsset_IsLookedAt_WithItsLine()
    {
        var finding = Run(new DemoPackage { Files = [("assets/prompt.md", "one\ntwo\u202E"u8.ToArray())] }).Findings.Single(finding => finding.Id == "misleading_text");

        Assert.AreEqual("assets/prompt.md:2", finding.Location);
        StringAssert.Contains(finding.Message, "U+202E");
    }

    private static byte[] Elf { get; } = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[57]];

    private static byte[] Pe { get; } = [(byte)'M', (byte)'Z', .. new byte[58], 64, 0, 0, 0, (byte)'P', (byte)'E', 0, 0, .. new byte[20]];

    private static byte[] MachO { get; } = [0xCF, 0xFA, 0xED, 0xFE, 7, 0, 0, 1, 3, 0, 0, 0, 2, 0, 0, 0, .. new byte[16]];

    [TestMethod]
    public void NativeProgram_IsRefused_WhereverItBegins()
    {
        foreach (var program in new[] { Elf, Pe, MachO })
        {
            foreach (var prefix in new[] { 0, 1, 4097 })
            {
                var audit = Run(new DemoPackage { Files = [("assets/x.bin", [.. new byte[prefix], .. program])] });

                Assert.IsTrue(Finds(audit, "embedded_executable"));
                Assert.AreEqual("inspection.embedded-executable", Assert.ThrowsExactly<SkillVerificationException>(audit.Demand).Code);
            }
        }
    }

    [TestMethod]
    public void WhatOnlyLooksLikeAProgram_IsNone()
    {
        Assert.IsTrue(Run(new DemoPackage { Files = [("assets/x.txt", "MZ is not a program, nor is \u007fELF"u8.ToArray())] }).Passed);
        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/x.sh", "#!/bin/sh\n"u8.ToArray())] }), "embedded_script"));
        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/x.bin", [1, .. Packages.Module])] }), "embedded_module"));
    }

    [TestMethod]
    public void Program_InADataSegment_IsRefused()
    {
        var text = string.Concat(Elf.Select(value => $"\\{value:x2}"));

        Assert.IsTrue(Finds(Run(new DemoPackage { Module = Module($"""(memory 1) (data (i32.const 0) "{text}") (func (export "run") (result i32) (i32.const 0))""") }), "embedded_executable"));
    }

    [TestMethod]
    public void Noise_IsFound_AndTextIsNot()
    {
        var noise = new byte[64 * 1024];
        new Random(1).NextBytes(noise);

        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/x.bin", noise)] }), "high_entropy_data"));
        Assert.IsTrue(Finds(Run(new DemoPackage { Files = [("assets/x.png", [0x89, (byte)'P', (byte)'N', (byte)'G', .. noise])] }), "compressed_data"));
        Assert.IsFalse(Finds(Run(new DemoPackage { Files = [("assets/x.png", [0x89, (byte)'P', (byte)'N', (byte)'G', .. noise])] }), "high_entropy_data"));
        Assert.IsFalse(Finds(Run(new DemoPackage { Files = [("assets/x.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("The quick brown fox. ", 4000))))] }), "high_entropy_data"));
    }

    [TestMethod]
    public void Findings_NameTheirRuleSet()
    {
        var finding = Run(new DemoPackage()).Findings[0];

        Assert.AreEqual(("pluginhost", FindingRules.Digest, 64), (finding.Source, finding.RuleSet, finding.RuleSet.Length));
        Assert.IsTrue(finding.Message.Length > 0 && finding.Advice.Length > 0);
    }
}
