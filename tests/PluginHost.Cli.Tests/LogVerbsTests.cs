using System.Text.Json;

namespace PluginHost.Cli.Tests;

/// <summary>Logs from the command line: written, proven, verified.</summary>
[TestClass]
public sealed class LogVerbsTests
{
    [TestMethod]
    public void Tiles_ThatDoNotMakeTheTree_ProveNothing()
    {
        using var scene = new VettingScene();
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
        using var scene = new VettingScene();
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
        using var scene = new VettingScene();
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
}
