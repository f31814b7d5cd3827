using System.Text;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;
using PluginHost.Tests;

namespace PluginHost.Cli.Tests;

/// <summary>The life of a chain from the command line: signed, logged, verified, explained, demanded.</summary>
[TestClass]
public sealed class VettingVerbsTests
{
    private sealed class Scene : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Scene()
        {
            foreach (var (name, seed) in new[] { ("auditor", 21), ("voucher", 22), ("builder", 23), ("log", 24), ("stranger", 25) })
            {
                File.WriteAllBytes(this[name], [.. Enumerable.Repeat((byte)seed, 32)]);
            }

            File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "test-key.pem"), this["author"]);
            File.Copy(Path.Combine(AppContext.BaseDirectory, "fixtures", "skills", "orders.palyra-skill"), Package);
        }

        public string Package => this["orders.palyra-skill"];

        public string this[string name] => _folder[name];

        public string KeyOf(string name) => Convert.ToHexStringLower(SigningKey.Read(File.ReadAllBytes(this[name]), () => null).PublicKey);

        public void Dispose() => _folder.Dispose();

        /// <summary>Signs a link.</summary>
        /// <returns>Its id.</returns>
        public static string Attest(params string[] arguments)
        {
            var run = Invocation.Run(["attest", .. arguments, "--json"]);
            Assert.AreEqual(0, run.ExitCode, run.Output + run.Error);
            return JsonDocument.Parse(run.Output).RootElement.GetProperty("link").GetString()!;
        }

        public string Policy(string more = "", string name = "policy.toml")
        {
            File.WriteAllText(this[name], $"""
                schema = 1
                [trusted_publishers]
                acme = ["{KeyOf("author")}"]
                [chain]
                {(File.Exists(this["logs"]) ? $"log_policy = \"{this["logs"]}\"" : "")}
                {(File.Exists(this["trust.intoto.jsonl"]) ? $"trust_bundle = \"{this["trust.intoto.jsonl"]}\"" : "")}
                [[chain.narrators]]
                key = "{KeyOf("auditor")}"
                name = "ops"
                role = "auditor"
                [[chain.narrators]]
                key = "{KeyOf("voucher")}"
                name = "desk"
                role = "voucher"
                {more}
                """);
            return this[name];
        }

        public JsonElement Explain(string? policy = null, int exitCode = 0)
        {
            var run = Invocation.Run("skills", "explain", Package, "--policy", policy ?? Policy(), "--json");
            Assert.AreEqual(exitCode, run.ExitCode, run.Output + run.Error);
            return JsonDocument.Parse(run.Output).RootElement;
        }
    }

    private static string Publisher => "acme";

    [TestMethod]
    public void Chain_IsSigned_Logged_AndExplained()
    {
        using var scene = new Scene();
        Assert.AreEqual("da'if", scene.Explain().GetProperty("grade").GetString());

        var release = Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://auditor.example");
        Scene.Attest("vouch", "skill", scene.Package, "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z");
        Assert.AreEqual("hasan", scene.Explain().GetProperty("grade").GetString());

        var init = Invocation.Run("log", "init", scene["public"], "--origin", "log.example/skills", "--key", scene["log"], "--json");
        File.WriteAllText(scene["logs"], $"log {JsonDocument.Parse(init.Output).RootElement.GetProperty("key").GetString()}\nquorum none\n");
        var append = Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--artifact", scene.Package, "--json");
        Assert.AreEqual((0, 3), (append.ExitCode, JsonDocument.Parse(append.Output).RootElement.GetProperty("appended").GetInt32()), append.Error);

        var explained = scene.Explain();
        Assert.AreEqual(500, explained.GetProperty("components").GetProperty("transparency").GetProperty("value").GetInt32());
        Assert.AreEqual(700, explained.GetProperty("components").GetProperty("audits").GetProperty("flowPositive").GetInt32());
        Assert.AreEqual("ops", explained.GetProperty("links").EnumerateArray().Single(link => link.GetProperty("role").GetString() == "auditor").GetProperty("name").GetString());
        var text = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy());
        StringAssert.Contains(text.Output, "chain hasan (fair): audited by ops");
        StringAssert.Contains(text.Output, "└─ auditor ops (ed25519:");
        StringAssert.Contains(text.Output, "   └─ voucher desk (ed25519:");
        StringAssert.Contains(text.Output, "; in log.example/skills at 0");

        // What is logged can be proven and checked by itself, and a second run logs nothing twice.
        Assert.AreEqual(0, JsonDocument.Parse(Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--artifact", scene.Package, "--json").Output).RootElement.GetProperty("appended").GetInt32());
        var proof = Invocation.Run("log", "prove", scene["public"], "--link", release, "--log-policy", scene["logs"], "--json");
        Assert.AreEqual((0, 0), (proof.ExitCode, JsonDocument.Parse(proof.Output).RootElement.GetProperty("index").GetInt32()));
        Assert.AreEqual(0, Invocation.Run("log", "verify", scene["public"], "--log-policy", scene["logs"], "--json").ExitCode);
        File.WriteAllText(scene["entry"], "an entry");
        Assert.AreEqual(0, Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--entry", scene["entry"], "--json").ExitCode);
        Assert.AreEqual(0, Invocation.Run("log", "prove", scene["public"], "--entry", scene["entry"], "--output", scene["entry.tlog-proof"], "--json").ExitCode);
        Assert.AreEqual(0, Invocation.Run("log", "verify", scene["entry.tlog-proof"], "--entry", scene["entry"], "--log-policy", scene["logs"], "--json").ExitCode);
        Assert.AreEqual(2, Invocation.Run("log", "verify", scene["entry.tlog-proof"], "--entry", scene["logs"], "--log-policy", scene["logs"], "--json").ExitCode);
        Assert.AreEqual(2, Invocation.Run("log", "monitor", scene["public"], "--log-policy", scene["logs"], "--seen", scene["seen"], "--name", Publisher, "--known-key", scene.KeyOf("author"), "--json").ExitCode, "the entry is none of a link");
        Assert.AreEqual(2, Invocation.Run("log", "monitor", scene["public"], "--log-policy", scene["logs"], "--seen", scene["seen2"], "--name", Publisher, "--known-key", scene.KeyOf("stranger"), "--json").ExitCode);
    }

    [TestMethod]
    public void Tiles_ThatDoNotMakeTheTree_ProveNothing()
    {
        using var scene = new Scene();
        var init = Invocation.Run("log", "init", scene["public"], "--origin", "log.example/skills", "--key", scene["log"], "--json");
        File.WriteAllText(scene["logs"], $"log {JsonDocument.Parse(init.Output).RootElement.GetProperty("key").GetString()}\nquorum none\n");
        File.WriteAllText(scene["lines"], string.Concat(Enumerable.Range(0, 300).Select(i => $"entry {i}\n")));
        Assert.AreEqual(0, Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--lines", scene["lines"]).ExitCode);
        var tile = Path.Combine(scene["public"], "tile", "1", "000.p", "1");
        var bytes = File.ReadAllBytes(tile);
        bytes[0] ^= 1;
        File.WriteAllBytes(tile, bytes);

        var proof = Invocation.Run("log", "prove", scene["public"], "--index", "299", "--output", scene["p.tlog-proof"], "--json");

        Assert.AreEqual(2, proof.ExitCode, proof.Output);
        StringAssert.Contains(proof.Output + proof.Error, "log.consistency");
        var verify = Invocation.Run("log", "verify", scene["public"], "--log-policy", scene["logs"]);
        StringAssert.StartsWith(verify.Error, "log.consistency: the log cannot be used: the tile 'tile/1/000.p/1' holds another hash", "the entries are what they were");
        File.Delete(tile);
        StringAssert.StartsWith(Invocation.Run("log", "verify", scene["public"], "--log-policy", scene["logs"]).Error, "log.form: the log cannot be used: the log has no 'tile/1/000.p/1'");
        Assert.IsFalse(File.Exists(scene["p.tlog-proof"]));
    }

    [TestMethod]
    public void Log_TellsByItsCodes_WhatIsWrongWithIt()
    {
        using var scene = new Scene();
        var init = Invocation.Run("log", "init", scene["public"], "--origin", "log.example/skills", "--key", scene["log"], "--json");
        File.WriteAllText(scene["logs"], $"log {JsonDocument.Parse(init.Output).RootElement.GetProperty("key").GetString()}\nquorum none\n");
        File.WriteAllText(scene["lines"], "one\n\ntwo");
        var append = Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--lines", scene["lines"], "--json");
        Assert.AreEqual(3, JsonDocument.Parse(append.Output).RootElement.GetProperty("appended").GetInt32(), "an empty line is an entry");
        Invocation.Run("log", "prove", scene["public"], "--index", "1", "--output", scene["p.tlog-proof"]);
        File.WriteAllText(scene["empty"], "");
        Assert.AreEqual(0, Invocation.Run("log", "verify", scene["p.tlog-proof"], "--entry", scene["empty"], "--log-policy", scene["logs"]).ExitCode);
        string Code(params string[] more) => Invocation.Run([.. more, "--log-policy", scene["logs"]]).Error.Split(": ")[0];

        File.WriteAllBytes(scene["large"], new byte[1_000_000]);
        Assert.AreEqual("log.entry", Code("log", "verify", scene["p.tlog-proof"], "--entry", scene["large"]));
        Assert.AreEqual("log.form", Code("log", "verify", scene["large"], "--entry", scene["empty"]));
        Assert.AreEqual("log.stale", Code("log", "verify", scene["public"], "--max-age", "1"));
        Assert.AreEqual("log.stale", Code("log", "monitor", scene["public"], "--seen", scene["seen"], "--max-age", "1"));
        Assert.AreEqual("usage.max-age", Code("log", "verify", scene["public"], "--max-age", "0"));

        // Another text under the log's own signature.
        var checkpoint = Path.Combine(scene["public"], "checkpoint");
        File.WriteAllText(checkpoint, File.ReadAllText(checkpoint).Replace("\n3\n", "\n2\n", StringComparison.Ordinal));
        Assert.AreEqual("log.signature", Code("log", "verify", scene["public"]));
        Assert.AreEqual("log.signature", Code("log", "monitor", scene["public"], "--seen", scene["seen"]));
    }

    [TestMethod]
    public void Bundles_WithBytesBehindTheirEntries_AreRefused()
    {
        using var scene = new Scene();
        var init = Invocation.Run("log", "init", scene["public"], "--origin", "log.example/skills", "--key", scene["log"], "--json");
        File.WriteAllText(scene["logs"], $"log {JsonDocument.Parse(init.Output).RootElement.GetProperty("key").GetString()}\nquorum none\n");
        File.WriteAllText(scene["lines"], "one\ntwo\n");
        Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--lines", scene["lines"]);
        foreach (var path in new[] { Path.Combine(scene["public"], "tile", "entries", "000.p", "2"), Path.Combine(scene["public"], "tile", "0", "000.p", "2") })
        {
            var whole = File.ReadAllBytes(path);
            File.WriteAllBytes(path, [.. whole, 0]);
            Assert.AreEqual(2, Invocation.Run("log", "verify", scene["public"], "--log-policy", scene["logs"]).ExitCode, path);
            File.WriteAllBytes(path, whole);
        }

        Assert.AreEqual(0, Invocation.Run("log", "verify", scene["public"], "--log-policy", scene["logs"]).ExitCode);
    }

    [TestMethod]
    public void Build_Audit_AndVulnerabilities_AreLinksOfTheirOwn()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        var build = Scene.Attest("build", scene.Package, "--key", scene["builder"], "--builder-id", "https://ci.example/b");
        Directory.CreateDirectory(scene["osv"]);
        Scene.Attest("audit", scene.Package, "--key", scene["auditor"], "--result", "PASSED", "--rulepack", $"pack={new string('a', 64)}", "--passed", "yara:*", "--prev", build);
        Directory.CreateDirectory(scene["nothing"]);
        StringAssert.StartsWith(Invocation.Run("attest", "vulnerabilities", scene.Package, "--key", scene["auditor"], "--osv", scene["nothing"]).Error, "usage.osv: the feed holds no vulnerability");
        File.WriteAllText(Path.Combine(scene["osv"], "a.json"), """{"id":"OSV-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"unrelated"},"versions":["1.0.0"]}]}""");
        Scene.Attest("vulnerabilities", scene.Package, "--key", scene["auditor"], "--osv", scene["osv"]);
        var policy = scene.Policy($"""
            [provenance]
            builders = [{"{"} key = "{scene.KeyOf("builder")}", id = "https://ci.example/b", max_level = 3 {"}"}]
            """);
        var run = Invocation.Run("attest", "verify", scene.Package, "--policy", policy, "--json");

        Assert.AreEqual(0, run.ExitCode, run.Output);
        var links = JsonDocument.Parse(run.Output).RootElement.GetProperty("links").EnumerateArray().ToList();
        Assert.AreEqual(4, links.Count(link => link.GetProperty("counts").GetBoolean()), run.Output);
        Assert.AreEqual(1000, scene.Explain(policy).GetProperty("components").GetProperty("provenance").GetProperty("value").GetInt32());
    }

    [TestMethod]
    public void Violation_BarsTheSkill_WithTheLineThatSaysWhy()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "malicious", "--reason", "sends the input to a webhook");
        var explained = scene.Explain(exitCode: 2);

        Assert.AreEqual(("blocked", 0, "trust.violation"), (explained.GetProperty("verdict").GetString(), explained.GetProperty("score").GetInt32(), explained.GetProperty("refused").GetProperty("code").GetString()));
        var verify = Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", scene.Policy());
        Assert.AreEqual(2, verify.ExitCode);
        StringAssert.Contains(verify.Error, "sends the input to a webhook");
    }

    [TestMethod]
    public void Demands_OfThePolicy_RefuseWhatIsLess()
    {
        using var scene = new Scene();
        var release = Scene.Attest("author", scene.Package, "--key", scene["author"]);
        string Refusal(string demands) => Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", scene.Policy(string.Concat(new[] { "low", "medium", "high" }.Select(exposure => $"[chain.{exposure}]\n{demands}\n")), "demands.toml")).Error.Split(':')[0];

        Assert.AreEqual("policy.grade", Refusal("grade = \"hasan\""));
        Assert.AreEqual("policy.auditors", Refusal("auditors = 1"));
        Assert.AreEqual("policy.review", Refusal($"reviewed_by = [\"{scene.KeyOf("auditor")}\"]"));
        Assert.AreEqual("state.policy", Refusal("grade = \"excellent\""));
        Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example", "--prev", release);
        Assert.AreEqual("", Refusal($"grade = \"fair\"\nauditors = 1\nreviewed_by = [\"{scene.KeyOf("auditor")}\"]"));
    }

    [TestMethod]
    public void VouchedAuditor_CountsThroughTheBundle()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        Assert.AreEqual("V7", scene.Explain().GetProperty("ignored")[0].GetProperty("rule").GetString());

        Scene.Attest("vouch", "key", scene.KeyOf("stranger"), "--key", scene["voucher"], "--scope", "auditor", "--level", "medium", "--expires", "2030-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]);
        var audits = scene.Explain().GetProperty("components").GetProperty("audits");
        var path = audits.GetProperty("paths")[0];
        var (vouch, link) = (DsseEnvelope.Read(File.ReadAllBytes(scene["trust.intoto.jsonl"]).AsMemory()[..^1]).Id, DsseEnvelope.Read(Encoding.UTF8.GetBytes(File.ReadLines(scene.Package + ".intoto.jsonl").Last())).Id);
        Assert.AreEqual(500, path.GetProperty("amount").GetInt32());
        CollectionAssert.AreEqual(new[] { "seed:desk", $"ed25519:{scene.KeyOf("stranger")}(auditor)", $"link:{link}" }, Texts(path, "isnad"));
        CollectionAssert.AreEqual(new[] { vouch }, Texts(path, "vouches"));
        CollectionAssert.AreEqual(new[] { vouch, link }, Texts(audits, "evidence"), "who answered for the auditor is what earned it, too");
        var shown = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy()).Output;
        StringAssert.Contains(shown, $"500  voucher desk -> auditor {KeyId.Of(scene.KeyOf("stranger"))} -> ", shown);

        static string?[] Texts(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(text => text.GetString())];
    }

    [TestMethod]
    public void RevokedKey_CountsForWhatALogHadBefore()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        var init = Invocation.Run("log", "init", scene["public"], "--origin", "log.example/skills", "--key", scene["log"], "--json");
        File.WriteAllText(scene["logs"], $"log {JsonDocument.Parse(init.Output).RootElement.GetProperty("key").GetString()}\nquorum none\n");
        Assert.AreEqual(0, Invocation.Run("log", "append", scene["public"], "--key", scene["log"], "--artifact", scene.Package).ExitCode);
        var policy = scene.Policy();
        (int ExitCode, string Error) Verify(string state, params string[] cutoff)
        {
            Assert.AreEqual(0, Invocation.Run("init", "--state", scene[state]).ExitCode);
            var revoke = Invocation.Run(["trust", "revoke", "--key", scene.KeyOf("author"), .. cutoff, "--reason", "stolen on the train", "--state", scene[state]]);
            Assert.AreEqual(0, revoke.ExitCode, revoke.Error);
            var run = Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", policy, "--state", scene[state]);
            return (run.ExitCode, run.Error.Split(':')[0]);
        }

        Assert.AreEqual((2, "trust.key-revoked"), Verify("none"));
        Assert.AreEqual((2, "trust.key-revoked"), Verify("before", "--cutoff-log", "log.example/skills", "--cutoff-index", "0"));
        Assert.AreEqual((2, "trust.key-revoked"), Verify("other", "--cutoff-log", "other.example", "--cutoff-index", "1"));
        Assert.AreEqual((0, ""), Verify("after", "--cutoff-log", "log.example/skills", "--cutoff-index", "1"));
        StringAssert.Contains(Invocation.Run("trust", "list", "--state", scene["after"]).Words, "stolen on the train, but for what log.example/skills had before entry 1");

        // The host asks the same, installs it, and finds nothing wrong with it later.
        string[] accept = ["skills", "install", "--artifact", scene.Package, "--policy", policy, "--accept", scene.Explain(policy).GetProperty("payload_sha256").GetString()!];
        var install = Invocation.Run([.. accept, "--state", scene["after"]]);
        Assert.AreEqual(0, install.ExitCode, install.Error);
        Assert.AreEqual(0, Invocation.Run("skills", "check", "--policy", policy, "--state", scene["after"]).ExitCode);
        Assert.AreEqual(2, Invocation.Run([.. accept, "--state", scene["before"]]).ExitCode);
    }

    [TestMethod]
    public void Explanation_CanBeReadByAPerson()
    {
        using var scene = new Scene();
        var release = Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        Scene.Attest("vouch", "key", scene.KeyOf("stranger"), "--key", scene["voucher"], "--scope", "auditor", "--expires", "2030-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]);
        Scene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "high", "--reason", "leaks", "--prev", new string('a', 64));
        Scene.Attest("review", scene.Package, "--key", scene["voucher"], "--did", "ran-sandbox", "--reviewer", "https://v.example");
        var text = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy()).Output;

        StringAssert.Contains(text, " 15.00  identity     15 x 1000  its key is listed [ed25519:37d590eee4aba207]\n");
        StringAssert.Contains(text, "says that its narrator is an auditor (majhul)\n", "nobody whom this host knows");
        StringAssert.Contains(text, "  0.00  transparency 15 x    0  ");
        Assert.IsFalse(text.Contains("\\u", StringComparison.Ordinal), text);
        StringAssert.Contains(text, "thiqa on the word of desk, since ");
        StringAssert.Contains(text, "auditor ops (ed25519:", "what speaks against it is drawn, whatever it stands on");
        StringAssert.Contains(text, "chain shadh (contradicted): ops speaks against it: high: leaks");
        StringAssert.Contains(text, ": approve\n", "somebody has to look");
        Assert.IsNotNull(release);
    }

    [TestMethod]
    public void WordAgainstASkill_IsSeenWhereverItIsShown_AndAPersonDecides()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Assert.AreEqual(0, Invocation.Run("init", "--state", scene["state"]).ExitCode);
        string[] install = ["skills", "install", "--artifact", scene.Package, "--state", scene["state"], "--policy", scene.Policy("[chain.high]\nscore = 0\n")];
        File.Copy(scene.Package + ".intoto.jsonl", scene["clean"]);
        Scene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "high", "--reason", "sends secrets to evil.example");
        var refused = Invocation.Run(install);
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.StartsWith(refused.Error, "consent.contradicted: ops speaks against it: high: sends secrets to evil.example");

        var payload = scene.Explain().GetProperty("payload_sha256").GetString()!;
        Assert.AreEqual(0, Invocation.Run([.. install, "--accept", payload]).ExitCode);
        StringAssert.Contains(Invocation.Run("skills", "info", "acme.orders", "--state", scene["state"], "--policy", scene.Policy()).Output, "chain shadh: ops speaks against it");
        var check = Invocation.Run("skills", "check", "--state", scene["state"], "--policy", scene.Policy());
        Assert.AreEqual(0, check.ExitCode, check.Output);
        StringAssert.Contains(check.Words, "ops speaks against it (shadh): high: sends secrets to evil.example");
    }

    [TestMethod]
    public void Explain_TellsWhatTheGateWouldRefuse()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Assert.AreEqual(0, Invocation.Run("init", "--state", scene["state"]).ExitCode);
        var payload = scene.Explain().GetProperty("payload_sha256").GetString()!;
        (string?, int, string?) Explain()
        {
            var run = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy(), "--state", scene["state"], "--json");
            var told = JsonDocument.Parse(run.Output).RootElement;
            return (told.GetProperty("verdict").GetString(), told.GetProperty("score").GetInt32(), told.GetProperty("refused") is { ValueKind: JsonValueKind.Object } refused ? refused.GetProperty("code").GetString() : null);
        }

        Assert.IsNull(Explain().Item3);
        Assert.AreEqual(0, Invocation.Run("trust", "revoke", "--payload", payload, "--reason", "it steals", "--state", scene["state"]).ExitCode);
        Assert.AreEqual(("blocked", 0, "trust.payload-revoked"), Explain());
    }

    [TestMethod]
    public void BundleThatIsTooLong_IsReadAsFarAsItMayBe_AndThatIsTold()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "malicious", "--reason", "steals");
        File.AppendAllText(scene.Package + ".intoto.jsonl", string.Concat(Enumerable.Repeat(new string('x', 1000) + "\n", 3_000)));
        var explained = scene.Explain(exitCode: 2);

        Assert.AreEqual("trust.violation", explained.GetProperty("refused").GetProperty("code").GetString());
        Assert.IsTrue(explained.GetProperty("warnings").EnumerateArray().Any(warning => warning.GetString()!.Contains("was not read", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void LinksOfStrangers_AreNotStoodOn()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["stranger"], "--successor");
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example");
        Assert.AreEqual("hasan", scene.Explain().GetProperty("grade").GetString());

        Scene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        var vouch = Invocation.Run("attest", "vouch", "skill", scene.Package, "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z");
        Assert.AreEqual(1, vouch.ExitCode, "whose audit the voucher relies on nobody else can say");
        StringAssert.StartsWith(vouch.Error, "usage.prev");
    }

    [TestMethod]
    public void LinkThatNobodyWouldCount_IsNotSigned()
    {
        using var scene = new Scene();
        (int, string) Refused(params string[] arguments) => Invocation.Run(["attest", .. arguments]) is var run ? (run.ExitCode, run.Error.Split(':')[0]) : default;

        Assert.AreEqual((2, "trust.author"), Refused("author", scene.Package, "--key", scene["stranger"]));
        Assert.AreEqual((1, "usage.time"), Refused("author", scene.Package, "--key", scene["author"], "--issued-at", "2099-01-01T00:00:00Z"));
        Scene.Attest("author", scene.Package, "--key", scene["author"], "--seq", "5");
        Assert.AreEqual((2, "trust.sequence"), Refused("author", scene.Package, "--key", scene["author"], "--seq", "5"));
        Assert.AreEqual((2, "trust.own"), Refused("review", scene.Package, "--key", scene["author"], "--did", "reviewed-source", "--reviewer", "https://a.example"));
        string[] review = ["review", scene.Package, "--key", scene["auditor"]];
        string[] good = [.. review, "--did", "reviewed-source", "--reviewer", "https://a.example"];
        var (package, secret) = (File.ReadAllBytes(scene.Package), File.ReadAllText(scene["auditor"]));
        Assert.AreEqual((1, "usage.bundle"), Refused([.. good, "--bundle", scene.Package]));
        Assert.AreEqual((1, "usage.bundle"), Refused([.. good, "--bundle", scene["auditor"]]));
        Assert.AreEqual(secret, File.ReadAllText(scene["auditor"]));
        CollectionAssert.AreEqual(package, File.ReadAllBytes(scene.Package));
        Assert.AreEqual((2, "trust.prev"), Refused([.. good, "--prev", new string('0', 64)]));
        Assert.AreEqual((1, "usage.time"), Refused([.. good, "--issued-at", "2020-01-01T00:00:00Z"]), "before the release");
        Assert.AreEqual((1, "usage.did"), Refused([.. review, "--did", "hacked", "--reviewer", "https://a.example"]));
        Assert.AreEqual((1, "usage.uri"), Refused([.. review, "--did", "reviewed-source", "--reviewer", "/me"]));
        Assert.AreEqual((1, "usage.result"), Refused("audit", scene.Package, "--key", scene["auditor"], "--result", "GOOD"));
        foreach (var (result, rules) in new[] { ("PASSED", "--failed"), ("PASSED", "--warned"), ("WARNED", "--failed"), ("FAILED", "--passed") })
        {
            Assert.AreEqual((1, "usage.result"), Refused("audit", scene.Package, "--key", scene["auditor"], "--result", result, rules, "r"), $"{result} {rules}");
        }

        Assert.AreEqual((1, "usage.severity"), Refused("violation", scene.Package, "--key", scene["auditor"], "--severity", "awful", "--reason", "it"));
        Assert.AreEqual((1, "usage.reason"), Refused("violation", scene.Package, "--key", scene["auditor"], "--severity", "high", "--reason", " "));
        Assert.AreEqual((1, "usage.rulepack"), Refused("audit", scene.Package, "--key", scene["auditor"], "--result", "PASSED", "--rulepack", "a=b"));
        string[] vouch = ["vouch", "key", scene.KeyOf("stranger"), "--key", scene["voucher"], "--bundle", scene["vouches"]];
        Assert.AreEqual((1, "usage.scope"), Refused([.. vouch, "--expires", "2099-01-01T00:00:00Z"]));
        Assert.AreEqual((1, "usage.scope"), Refused([.. vouch, "--expires", "2099-01-01T00:00:00Z", "--scope", "adutior"]));
        Assert.AreEqual((1, "usage.scope"), Refused([.. vouch, "--expires", "2099-01-01T00:00:00Z", "--scope", "publisher:a b"]));
        Assert.AreEqual((1, "usage.key"), Refused(["vouch", "key", new string('0', 64), .. vouch[3..], "--expires", "2099-01-01T00:00:00Z", "--scope", "auditor"]), "anybody can sign with it");
        Assert.AreEqual((1, "usage.key"), Refused(["vouch", "key", $"ED25519:{scene.KeyOf("stranger")}", .. vouch[3..], "--expires", "2099-01-01T00:00:00Z", "--scope", "auditor"]));
        Assert.AreEqual((1, "usage.expires"), Refused([.. vouch, "--expires", "2020-01-01T00:00:00Z", "--scope", "auditor"]));
        Assert.AreEqual((1, "usage.level"), Refused([.. vouch, "--expires", "2099-01-01T00:00:00Z", "--scope", "auditor", "--level", "total"]));
        Assert.AreEqual((2, "trust.own"), Refused(["vouch", "key", scene.KeyOf("voucher"), .. vouch[3..], "--expires", "2099-01-01T00:00:00Z", "--scope", "auditor"]));
        Assert.IsFalse(File.Exists(scene["vouches"]));
        Assert.AreEqual(1, File.ReadLines(scene.Package + ".intoto.jsonl").Count());
    }

    [TestMethod]
    public void LinkMayStandOnOnesBesideThePackage_WhereverItIsWritten()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example", "--bundle", scene["mine"]);

        Assert.AreEqual(1, File.ReadLines(scene["mine"]).Count());
    }

    [TestMethod]
    public void LinksThatAreAddedAtOnce_AreAllThere()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Parallel.For(0, 12, i => Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", $"https://a.example/{i}", "--seq", $"{i}"));

        Assert.AreEqual(13, File.ReadLines(scene.Package + ".intoto.jsonl").Count());
    }

    [TestMethod]
    public void Threshold_AsksBeforeItInstalls()
    {
        using var scene = new Scene();
        Assert.AreEqual(0, Invocation.Run("init", "--state", scene["state"]).ExitCode);
        var policy = scene.Policy(string.Concat(new[] { "low", "medium", "high" }.Select(exposure => $"[chain.{exposure}]\nscore = 90\n")));
        string[] install = ["skills", "install", "--artifact", scene.Package, "--state", scene["state"], "--policy", policy];
        var refused = Invocation.Run(install);
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.StartsWith(refused.Error, "consent.score");

        var payload = scene.Explain(policy).GetProperty("payload_sha256").GetString()!;
        Assert.AreEqual(2, Invocation.Run([.. install, "--accept", new string('0', 64)]).ExitCode);
        Assert.AreEqual(0, Invocation.Run([.. install, "--accept", payload]).ExitCode);
        Assert.AreEqual(0, Invocation.Run("skills", "explain", JsonDocument.Parse(Invocation.Run("skills", "list", "--state", scene["state"], "--json").Output).RootElement.GetProperty("entries")[0].GetProperty("skill_id").GetString()!, "--state", scene["state"], "--policy", policy).ExitCode);
    }

    [TestMethod]
    public void Scan_TellsWhatRulesFind_AndWritesSarif()
    {
        using var scene = new Scene();
        Assert.AreEqual(0, Invocation.Run("skills", "scan", scene.Package, "--json").ExitCode);
        File.WriteAllText(scene["own.yar"], "import \"pe\" rule orders { meta: severity = \"critical\" description = \"it is about orders\" strings: $a = \"order\" nocase condition: $a and section == \"tool\" } rule skipped { condition: pe.is_pe }");
        var run = Invocation.Run("skills", "scan", scene.Package, "--rules", scene["own.yar"], "--no-own-rules", "--sarif", scene["out.sarif"], "--json");
        var report = JsonDocument.Parse(run.Output).RootElement;

        Assert.AreEqual((2, 1, 2), (run.ExitCode, report.GetProperty("rules_run").GetInt32(), report.GetProperty("rules_in_pack").GetInt32()));
        StringAssert.StartsWith(report.GetProperty("findings")[0].GetProperty("location").GetString(), "skill.toml (acme.orders.");
        Assert.AreEqual("the module 'pe'", report.GetProperty("not_run")[0].GetProperty("reason").GetString());
        var sarif = JsonDocument.Parse(File.ReadAllText(scene["out.sarif"])).RootElement.GetProperty("runs")[0];
        Assert.AreEqual(("error", "skill.toml"), (sarif.GetProperty("results")[0].GetProperty("level").GetString(), sarif.GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()));

        Assert.IsFalse(sarif.GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").TryGetProperty("region", out _));
        Assert.AreEqual("skipped", sarif.GetProperty("invocations")[0].GetProperty("toolConfigurationNotifications")[0].GetProperty("associatedRule").GetProperty("id").GetString());

        // What no rule looked at was not scanned.
        File.WriteAllText(scene["none.yar"], "import \"pe\" rule skipped { condition: pe.is_pe }");
        var none = Invocation.Run("skills", "scan", scene.Package, "--rules", scene["none.yar"], "--no-own-rules");
        Assert.AreEqual(2, none.ExitCode);
        StringAssert.StartsWith(none.Error, "inspection.rules: there is no rule that can be run (skipped: the module 'pe')");

        // The gate uses them where the policy names them.
        var policy = scene.Policy($"[inspection]\nscan_rules = [\"{scene["own.yar"]}\"]\n");
        StringAssert.StartsWith(Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", policy).Error, "inspection.scan: skill.toml");
        File.WriteAllText(scene["own.yar"], "rule {");
        Assert.AreEqual(2, Invocation.Run("skills", "scan", scene.Package, "--rules", scene["own.yar"]).ExitCode);
        Assert.AreEqual(2, Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", policy).ExitCode);
        Assert.AreEqual(1, Invocation.Run("skills", "scan", scene.Package, "--no-own-rules").ExitCode);
    }

    [TestMethod]
    public void KeyThatIsAnsweredFor_IsTakenAsItIsShown()
    {
        using var scene = new Scene();
        string[] vouch = ["--key", scene["voucher"], "--scope", "auditor", "--expires", "2099-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]];
        Scene.Attest(["vouch", "key", $"ed25519:{scene.KeyOf("stranger")}", .. vouch]);
        Scene.Attest(["vouch", "key", scene.KeyOf("stranger").ToUpperInvariant(), .. vouch]);

        Assert.AreEqual(2, File.ReadAllText(scene["trust.intoto.jsonl"]).Split('\n').Count(line => line.Contains("payload", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void WhatWasDone_IsSaidOnce()
    {
        using var scene = new Scene();
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Scene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--did", "reviewed-source", "--reviewer", "https://a.example");
        var review = DsseEnvelope.Read(Encoding.UTF8.GetBytes(File.ReadLines(scene.Package + ".intoto.jsonl").Last()));

        Assert.AreEqual(1, JsonDocument.Parse(review.Payload).RootElement.GetProperty("predicate").GetProperty("properties").GetArrayLength());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void NumberThatIsNone_IsToldInWords(bool asJson)
    {
        var run = Invocation.Run(["attest", "author", "x", "--key", "k", "--seq", "abc", .. asJson ? new[] { "--json" } : []]);

        Assert.AreEqual(1, run.ExitCode);
        StringAssert.Contains(run.Output + run.Error, "it is no whole number");
        Assert.IsFalse((run.Output + run.Error).Contains("System.", StringComparison.Ordinal), run.Output + run.Error);
    }

    [TestMethod]
    public void WrongWords_HaveTheirExitCodes()
    {
        using var scene = new Scene();
        Assert.AreEqual(2, Invocation.Run("attest", "review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "x").ExitCode, "there is nothing to stand on");
        Assert.IsFalse(File.Exists(scene.Package + ".intoto.jsonl"));
        Scene.Attest("author", scene.Package, "--key", scene["author"]);
        Assert.AreEqual(1, Invocation.Run("attest", "review", scene.Package, "--key", scene["auditor"], "--did", "glanced-at-it", "--reviewer", "x").ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "audit", scene.Package, "--key", scene["auditor"]).ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "vouch", "key", "00", "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z").ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "vouch", "key", new string('a', 64), "--key", scene["voucher"], "--bundle", scene["vouches"], "--expires", "soon").ExitCode);
        Assert.AreEqual(2, Invocation.Run("log", "verify", scene["nowhere"], "--log-policy", scene["auditor"]).ExitCode, "the policy is none");
        Assert.AreEqual(1, Invocation.Run("log", "prove", scene["auditor"], "--index", "1", "--link", "x").ExitCode);
        Assert.AreEqual(5, Invocation.Run("log", "prove", scene["nowhere"], "--index", "1").ExitCode);
    }
}
