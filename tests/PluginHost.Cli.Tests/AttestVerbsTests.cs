using System.Text;
using System.Text.Json;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Cli.Tests;

/// <summary>What <c>attest</c> signs, and what it does not.</summary>
[TestClass]
public sealed class AttestVerbsTests
{
    [TestMethod]
    public void Build_Audit_AndVulnerabilities_AreLinksOfTheirOwn()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        var build = VettingScene.Attest("build", scene.Package, "--key", scene["builder"], "--builder-id", "https://ci.example/b");
        Directory.CreateDirectory(scene["osv"]);
        VettingScene.Attest("audit", scene.Package, "--key", scene["auditor"], "--result", "PASSED", "--rulepack", $"pack={new string('a', 64)}", "--passed", "yara:*", "--prev", build);
        Directory.CreateDirectory(scene["nothing"]);
        StringAssert.StartsWith(Invocation.Run("attest", "vulnerabilities", scene.Package, "--key", scene["auditor"], "--osv", scene["nothing"]).Error, "usage.osv: the feed holds no vulnerability");
        File.WriteAllText(Path.Combine(scene["osv"], "a.json"), """{"id":"OSV-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"unrelated"},"versions":["1.0.0"]}]}""");
        VettingScene.Attest("vulnerabilities", scene.Package, "--key", scene["auditor"], "--osv", scene["osv"]);
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
    public void BundleThatIsTooLong_IsReadAsFarAsItMayBe_AndThatIsTold()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("violation", scene.Package, "--key", scene["auditor"], "--severity", "malicious", "--reason", "steals");
        File.AppendAllText(scene.Package + ".intoto.jsonl", string.Concat(Enumerable.Repeat(new string('x', 1000) + "\n", 3_000)));
        var explained = scene.Explain(exitCode: 2);

        Assert.AreEqual("trust.violation", explained.GetProperty("refused").GetProperty("code").GetString());
        Assert.IsTrue(explained.GetProperty("warnings").EnumerateArray().Any(warning => warning.GetString()!.Contains("was not read", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void LinksOfStrangers_AreNotStoodOn()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["stranger"], "--successor");
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example");
        Assert.AreEqual("hasan", scene.Explain().GetProperty("grade").GetString());

        VettingScene.Attest("review", scene.Package, "--key", scene["stranger"], "--did", "reviewed-source", "--reviewer", "https://s.example");
        var vouch = Invocation.Run("attest", "vouch", "skill", scene.Package, "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z");
        Assert.AreEqual(1, vouch.ExitCode, "whose audit the voucher relies on nobody else can say");
        StringAssert.StartsWith(vouch.Error, "usage.prev");
    }

    [TestMethod]
    public void LinkThatNobodyWouldCount_IsNotSigned()
    {
        using var scene = new VettingScene();
        (int, string) Refused(params string[] arguments) => Invocation.Run(["attest", .. arguments]) is var run ? (run.ExitCode, run.Error.Split(':')[0]) : default;

        Assert.AreEqual((2, "trust.author"), Refused("author", scene.Package, "--key", scene["stranger"]));
        Assert.AreEqual((1, "usage.time"), Refused("author", scene.Package, "--key", scene["author"], "--issued-at", "2099-01-01T00:00:00Z"));
        VettingScene.Attest("author", scene.Package, "--key", scene["author"], "--seq", "5");
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
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "https://a.example", "--bundle", scene["mine"]);

        Assert.AreEqual(1, File.ReadLines(scene["mine"]).Count());
    }

    [TestMethod]
    public void LinksThatAreAddedAtOnce_AreAllThere()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        Parallel.For(0, 12, i => VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", $"https://a.example/{i}", "--seq", $"{i}"));

        Assert.AreEqual(13, File.ReadLines(scene.Package + ".intoto.jsonl").Count());
    }

    [TestMethod]
    public void KeyThatIsAnsweredFor_IsTakenAsItIsShown()
    {
        using var scene = new VettingScene();
        string[] vouch = ["--key", scene["voucher"], "--scope", "auditor", "--expires", "2099-01-01T00:00:00Z", "--bundle", scene["trust.intoto.jsonl"]];
        var said = Invocation.Run(["attest", "vouch", "key", $"ed25519:{scene.KeyOf("stranger")}", .. vouch]);
        StringAssert.Contains(said.Output, $"voucher {KeyId.Of(scene.KeyOf("voucher"))}, answers for {KeyId.Of(scene.KeyOf("stranger"))} as auditor", said.Error);
        VettingScene.Attest(["vouch", "key", scene.KeyOf("stranger").ToUpperInvariant(), .. vouch]);

        Assert.AreEqual(2, File.ReadAllText(scene["trust.intoto.jsonl"]).Split('\n').Count(line => line.Contains("payload", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void WhatWasDone_IsSaidOnce()
    {
        using var scene = new VettingScene();
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        VettingScene.Attest("review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--did", "reviewed-source", "--reviewer", "https://a.example");
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
        using var scene = new VettingScene();
        Assert.AreEqual(2, Invocation.Run("attest", "review", scene.Package, "--key", scene["auditor"], "--did", "reviewed-source", "--reviewer", "x").ExitCode, "there is nothing to stand on");
        Assert.IsFalse(File.Exists(scene.Package + ".intoto.jsonl"));
        VettingScene.Attest("author", scene.Package, "--key", scene["author"]);
        Assert.AreEqual(1, Invocation.Run("attest", "review", scene.Package, "--key", scene["auditor"], "--did", "glanced-at-it", "--reviewer", "x").ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "audit", scene.Package, "--key", scene["auditor"]).ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "vouch", "key", "00", "--key", scene["voucher"], "--expires", "2030-01-01T00:00:00Z").ExitCode);
        Assert.AreEqual(1, Invocation.Run("attest", "vouch", "key", new string('a', 64), "--key", scene["voucher"], "--bundle", scene["vouches"], "--expires", "soon").ExitCode);
        Assert.AreEqual(2, Invocation.Run("log", "verify", scene["nowhere"], "--log-policy", scene["auditor"]).ExitCode, "the policy is none");
        Assert.AreEqual(1, Invocation.Run("log", "prove", scene["auditor"], "--index", "1", "--link", "x").ExitCode);
        Assert.AreEqual(5, Invocation.Run("log", "prove", scene["nowhere"], "--index", "1").ExitCode);
    }
}
