using System.Text;
using PluginHost.Logs;
using PluginHost.Registry.Log;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class LogFollowerTests
{
    private static void Append(TemporaryFolder folder, string name, params string[] entries)
    {
        // The same key signs for two directories: a log that lies.
        var key = folder[name + "-key"];
        using var log = Directory.Exists(folder[name]) ? LogWriter.Open(folder[name], key, LogKeys.Of(1)) : LogWriter.Create(folder[name], LogKeys.Origin, key, LogKeys.Of(1));
        log.Publish(log.Append([.. entries.Select(entry => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(entry))]));
    }

    private static Task<LogSight> Follow(TemporaryFolder folder, string name, LogPolicy? policy = null) =>
        new LogFollower(folder["seen"], policy ?? LogKeys.Policy(), TimeProvider.System).FollowAsync(new DirectoryLogFiles(folder[name]), default);

    private static Checkpoint CheckpointOf(TemporaryFolder folder) => Checkpoint.Read(Note.Read(File.ReadAllBytes(Path.Combine(folder["log"], "checkpoint"))).Text);

    private static async Task<string> Refusal(Task<LogSight> follow) => (await Assert.ThrowsExactlyAsync<SkillVerificationException>(() => follow)).Code;

    [TestMethod]
    public async Task LogThatGrows_IsFollowed()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", [.. Enumerable.Range(0, 300).Select(i => $"{i}")]);
        Assert.IsNull((await Follow(folder, "log")).Before);
        Append(folder, "log", "more");
        Assert.AreEqual((300L, 301L), (await Follow(folder, "log") is var sight ? sight.Before!.Value : 0, sight.Verdict.Checkpoint.Size));
        Assert.AreEqual(301L, (await Follow(folder, "log")).Before);
    }

    [TestMethod]
    public async Task Fork_IsKeptAsEvidence_AndTheLogIsNotBelievedAnyMore()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b", "c");
        Append(folder, "fork", "a", "x", "c", "d");
        await Follow(folder, "log");

        Assert.AreEqual("log.fork", await Refusal(Follow(folder, "fork")));
        var memory = new LogMemory(folder["seen"]);
        Assert.IsTrue(memory.IsForked(LogKeys.Origin));
        var (before, now) = (Note.Read(File.ReadAllBytes(Path.Combine(memory.ForkOf(LogKeys.Origin), "seen-before"))), Note.Read(File.ReadAllBytes(Path.Combine(memory.ForkOf(LogKeys.Origin), "seen-now"))));
        Assert.IsTrue(before.IsSignedBy(LogKeys.Log) && now.IsSignedBy(LogKeys.Log));
        Assert.AreEqual((3L, 4L), (Checkpoint.Read(before.Text).Size, Checkpoint.Read(now.Text).Size));

        // Not even the tree that was seen first.
        Assert.AreEqual("log.fork", await Refusal(Follow(folder, "log")));
    }

    [TestMethod]
    public async Task TwoTreesOfOneSize_AreAFork()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b");
        Append(folder, "fork", "a", "x");
        await Follow(folder, "log");

        Assert.AreEqual("log.fork", await Refusal(Follow(folder, "fork")));
    }

    [TestMethod]
    public async Task SmallerTree_IsRefused_ButIsNoProofOfAnything()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b");
        Append(folder, "older", "a");
        await Follow(folder, "log");

        Assert.AreEqual("log.rolled-back", await Refusal(Follow(folder, "older")));
        Assert.AreEqual(2, (await Follow(folder, "log")).Verdict.Checkpoint.Size);
    }

    [TestMethod]
    public async Task SmallerTreeOfAFork_IsKeptAsEvidence_OnceTheLogShowsAllOfIt()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b", "c");
        Append(folder, "fork", "a", "x");
        await Follow(folder, "log");

        Assert.AreEqual("log.rolled-back", await Refusal(Follow(folder, "fork")));
        Assert.AreEqual("log.fork", await Refusal(Follow(folder, "log")));
        Assert.AreEqual(2, Checkpoint.Read(Note.Read(File.ReadAllBytes(Path.Combine(new LogMemory(folder["seen"]).ForkOf(LogKeys.Origin), "seen-before"))).Text).Size);
    }

    [TestMethod]
    public async Task LogThatNoWitnessCosignedOfLate_IsStale()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a");
        var checkpoint = Path.Combine(folder["log"], "checkpoint");
        var note = Note.Read(File.ReadAllBytes(checkpoint));
        var time = new SimulatedTime(DateTimeOffset.UtcNow);
        File.WriteAllText(checkpoint, note.With([Note.CosignatureOf(note.Text, LogKeys.Witness(11).Name, LogKeys.Of(11), time.GetUtcNow().ToUnixTimeSeconds())]).ToString());
        Task<LogSight> AtMost(double hours, LogPolicy policy) => new LogFollower(folder["seen"], policy, time, TimeSpan.FromHours(hours)).FollowAsync(new DirectoryLogFiles(folder["log"]), default);

        await AtMost(1, LogKeys.Policy(11));
        time.Advance(TimeSpan.FromHours(2));
        Assert.AreEqual("log.stale", await Refusal(AtMost(1, LogKeys.Policy(11))));
        await AtMost(3, LogKeys.Policy(11));
        Assert.AreEqual("log.stale", await Refusal(AtMost(3, LogKeys.Policy())), "of witnesses that are not known nobody can tell");

        Append(folder, "fork", "x");
        Assert.AreEqual("log.fork", await Refusal(new LogFollower(folder["seen"], LogKeys.Policy(), time, TimeSpan.FromHours(1)).FollowAsync(new DirectoryLogFiles(folder["fork"]), default)), "an old fork is one");
    }

    [TestMethod]
    [DataRow("checkpoint")]
    [DataRow("tile/0/000.p/3")]
    public async Task FileOfALog_ThatIsTooLong_IsMalformed(string name)
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b");
        await Follow(folder, "log");
        Append(folder, "log", "c");
        File.WriteAllBytes(Path.Combine(folder["log"], name), new byte[Note.MaxBytes + 1]);

        Assert.AreEqual("log.form", await Refusal(Follow(folder, "log")));
    }

    [TestMethod]
    public async Task TilesThatAreNotTheTree_AreRefused_AndNotTakenForAFork()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b", "c");
        await Follow(folder, "log");
        Append(folder, "log", "d");
        foreach (var tile in Directory.GetFiles(folder["log/tile/0"], "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(tile);
            bytes[0] ^= 1;
            File.WriteAllBytes(tile, bytes);
        }

        Assert.AreEqual("log.consistency", await Refusal(Follow(folder, "log")));
        Assert.IsFalse(new LogMemory(folder["seen"]).IsForked(LogKeys.Origin));
    }

    [TestMethod]
    public async Task CheckpointWithoutQuorum_OrOfAnotherLog_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a");

        Assert.AreEqual("log.signature", await Refusal(Follow(folder, "log", LogKeys.Policy(11))));
        Assert.AreEqual("log.signature", await Refusal(Follow(folder, "log", LogPolicy.Empty)));
        Assert.IsFalse(Directory.Exists(folder["seen"]) && Directory.EnumerateFiles(folder["seen"], "*.checkpoint").Any());
    }

    [TestMethod]
    public async Task CheckpointThatAProofBrought_IsHeldAgainstTheLogWhenItIsFollowed()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b");
        Append(folder, "fork", "a", "x");
        var memory = new LogMemory(folder["seen"]);
        memory.Remember(Note.Read(File.ReadAllBytes(Path.Combine(folder["log"], "checkpoint"))));
        Append(folder, "log", "c");
        await Follow(folder, "log");
        Assert.AreEqual(0, memory.WaitingOf(LogKeys.Origin).Count, "the log continues it");

        memory.Remember(Note.Read(File.ReadAllBytes(Path.Combine(folder["fork"], "checkpoint"))));
        Assert.AreEqual(2, memory.SeenOf(LogKeys.Origin).Count);
        Assert.AreEqual("log.fork", await Refusal(Follow(folder, "log")));
        Assert.IsTrue(memory.IsForked(LogKeys.Origin));
    }

    [TestMethod]
    public async Task CheckpointAheadOfTheLog_WaitsForIt()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a");
        var memory = new LogMemory(folder["seen"]);
        Append(folder, "ahead", "a", "b");
        memory.Remember(Note.Read(File.ReadAllBytes(Path.Combine(folder["ahead"], "checkpoint"))));
        await Follow(folder, "log");
        Assert.AreEqual(1, memory.WaitingOf(LogKeys.Origin).Count);
        Append(folder, "log", "b", "c");
        await Follow(folder, "log");
        Assert.AreEqual(0, memory.WaitingOf(LogKeys.Origin).Count);
    }

    [TestMethod]
    public async Task Monitor_BelievesNoTilesThatDoNotMakeTheTree()
    {
        using var folder = new TemporaryFolder();
        Append(folder, "log", "a", "b");
        Append(folder, "lie", "a", "x");

        // Its entries and their hashes agree with each other, and not with what the log signed.
        File.Copy(Path.Combine(folder["lie"], "tile/0/000.p/2"), Path.Combine(folder["log"], "tile/0/000.p/2"), overwrite: true);
        File.Copy(Path.Combine(folder["lie"], "tile/entries/000.p/2"), Path.Combine(folder["log"], "tile/entries/000.p/2"), overwrite: true);
        var monitor = new LogMonitor { Keys = new HashSet<string>(), Names = [] };
        var refused = await Assert.ThrowsExactlyAsync<SkillVerificationException>(async () =>
        {
            await foreach (var _ in monitor.ReadAsync(new LogReader(new DirectoryLogFiles(folder["log"]), 2), CheckpointOf(folder), 0, default))
            {
            }
        });

        Assert.AreEqual("log.consistency", refused.Code);
    }

    [TestMethod]
    public async Task Monitor_TellsOfWatchedNames_UnknownKeys_AndReusedVersions()
    {
        using var folder = new TemporaryFolder();
        string Entry(string skill, string version, string payload, string key, string kind = "https://in-toto.io/attestation/release/v0.1") =>
            Encoding.UTF8.GetString(new SkillLogEntry(new string('a', 64), kind, skill, version, payload, key, new byte[64]).Bytes);
        var (own, thief) = (new string('1', 64), new string('2', 64));
        Append(folder, "log",
            Entry("acme.echo", "1.0.0", "p1", own),
            Entry("other.thing", "1.0.0", "p2", thief),
            Entry("acme.echo", "1.0.1", "p3", thief),
            Entry("acme.echo", "1.0.0", "p4", own),
            Entry("acme.echo", "1.0.0", "p1", thief, "urn:pluginhost:violation:v1"),
            Entry("strange.thing", "1.0.0", "p5", own),
            "no entry");
        var monitor = new LogMonitor { Keys = new HashSet<string> { own }, Names = ["acme"] };
        var alerts = new List<(long, string)>();
        await foreach (var alert in monitor.ReadAsync(new LogReader(new DirectoryLogFiles(folder["log"]), 7), CheckpointOf(folder), 1, default))
        {
            alerts.Add((alert.Index, alert.Kind));
        }

        CollectionAssert.AreEqual(new[] { (2L, "unknown-key"), (3L, "version-reused"), (3L, "released"), (4L, "attested"), (5L, "own-key"), (6L, "unreadable") }, alerts);
    }
}
