using System.Text;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Tests;

/// <summary>The life of a chain from the command line: signed, logged, verified, explained, demanded.</summary>
[TestClass]
public sealed class VettingVerbsTests
{
    private static string Publisher => "acme";

    [TestMethod]
    public void Chain_IsSigned_Logged_AndExplained()
    {
        using var scene = new VettingScene();
        Assert.AreEqual("da'if", scene.Explain().GetProperty("grade").GetString());

        var release = VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://auditor.example");
        VettingScene.Attest("vouch", "skill", scene.Package, "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z");
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
    public void Violation_BarsTheSkill_WithTheLineThatSaysWhy()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "malicious", "--reason", "sends the input to a webhook");
        var explained = scene.Explain(exitCode: 2);

        Assert.AreEqual(("blocked", 0, "trust.violation"), (explained.GetProperty("verdict").GetString(), explained.GetProperty("score").GetInt32(), explained.GetProperty("refused").GetProperty("code").GetString()));
        var verify = Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", scene.Policy());
        Assert.AreEqual(2, verify.ExitCode);
        StringAssert.Contains(verify.Error, "sends the input to a webhook");
    }

    [TestMethod]
    public void Demands_OfThePolicy_RefuseWhatIsLess()
    {
        using var scene = new VettingScene();
        var release = VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        string Refusal(string demands) => Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", scene.Policy(string.Concat(new[] { "low", "medium", "high" }.Select(exposure => $"[chain.{exposure}]\n{demands}\n")), "demands.toml")).Error.Split(':')[0];

        Assert.AreEqual("policy.grade", Refusal("grade = \"hasan\""));
        Assert.AreEqual("policy.auditors", Refusal("auditors = 1"));
        Assert.AreEqual("policy.review", Refusal($"reviewed_by = [\"{scene.KeyOf("auditor")}\"]"));
        Assert.AreEqual("state.policy", Refusal("grade = \"excellent\""));
        VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example", "--prev", release);
        Assert.AreEqual("", Refusal($"grade = \"fair\"\nauditors = 1\nreviewed_by = [\"{scene.KeyOf("auditor")}\"]"));
    }

    [TestMethod]
    public void VouchedAuditor_CountsThroughTheBundle()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        Assert.AreEqual("V7", scene.Explain().GetProperty("ignored")[0].GetProperty("rule").GetString());

        VettingScene.Attest("vouch", "key", scene.KeyOf("stranger"), "--key", scene["voucher"], "--scope", "auditor", "--level", "medium", "--expires", "2030-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]);
        var audits = scene.Explain().GetProperty("components").GetProperty("audits");
        var path = audits.GetProperty("paths")[0];
        var (vouch, link) = (DsseEnvelope.Read(File.ReadAllBytes(scene["trust.intoto.jsonl"]).AsMemory()[..^1]).Id, DsseEnvelope.Read(Encoding.UTF8.GetBytes(File.ReadLines(scene.Package + ".intoto.jsonl").Last())).Id);
        Assert.AreEqual(500, path.GetProperty("amount").GetInt32());
        CollectionAssert.AreEqual(new[] { "seed:desk", $"ed25519:{scene.KeyOf("stranger")}(auditor)", $"link:{link}" }, Texts(path, "isnad"));
        CollectionAssert.AreEqual(new[] { vouch }, Texts(path, "vouches"));
        CollectionAssert.AreEqual(new[] { vouch, link }, Texts(audits, "evidence"), "who answered for the auditor is what earned it, too");
        var shown = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy()).Output;
        StringAssert.Contains(shown, $"500  voucher desk -> auditor {KeyId.Of(scene.KeyOf("stranger"))} -> ", shown);
        StringAssert.Contains(shown, $"its key is listed [{KeyId.Of(scene.KeyOf("author"))}]", "one name for a key wherever it is shown");

        static string?[] Texts(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(text => text.GetString())];
    }

    [TestMethod]
    public void RevokedKey_CountsForWhatALogHadBefore()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
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
        using var scene = new VettingScene();
        var release = VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        VettingScene.Attest("vouch", "key", scene.KeyOf("stranger"), "--key", scene["voucher"], "--scope", "auditor", "--expires", "2030-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]);
        VettingScene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "high", "--reason", "leaks", "--prev", new string('a', 64));
        VettingScene.Attest("review", scene.Package, "--key", scene["voucher"], "--did", "ran-sandbox", "--reviewer", "https://v.example");
        var text = Invocation.Run("skills", "explain", scene.Package, "--policy", scene.Policy()).Output;

        StringAssert.Contains(text, " 15.00  identity     15 x 1000  its key is listed [ed25519:4c97a58116bbc315]\n");
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
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        Assert.AreEqual(0, Invocation.Run("init", "--state", scene["state"]).ExitCode);
        string[] install = ["skills", "install", "--artifact", scene.Package, "--state", scene["state"], "--policy", scene.Policy("[chain.high]\nscore = 0\n")];
        File.Copy(scene.Package + ".intoto.jsonl", scene["clean"]);
        VettingScene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "high", "--reason", "sends secrets to evil.example");
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
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
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
    public void Threshold_AsksBeforeItInstalls()
    {
        using var scene = new VettingScene();
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
        using var scene = new VettingScene();
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
        StringAssert.Contains(none.Error, "next: correct the file of rules", "it is not the skill's author who wrote it");

        // The gate uses them where the policy names them.
        var policy = scene.Policy($"[inspection]\nscan_rules = [\"{scene["own.yar"]}\"]\n");
        StringAssert.StartsWith(Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", policy).Error, "inspection.scan: skill.toml");
        File.WriteAllText(scene["own.yar"], "rule {");
        Assert.AreEqual(2, Invocation.Run("skills", "scan", scene.Package, "--rules", scene["own.yar"]).ExitCode);
        Assert.AreEqual(2, Invocation.Run("skills", "package", "verify", "--artifact", scene.Package, "--policy", policy).ExitCode);
        Assert.AreEqual(1, Invocation.Run("skills", "scan", scene.Package, "--no-own-rules").ExitCode);
    }
}
