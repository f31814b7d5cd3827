using System.Text;
using PluginHost.Logs;
using PluginHost.Registry.Log;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class LogWriterTests
{
    private static ReadOnlyMemory<byte>[] Entries(params string[] texts) => [.. texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text))];

    private static LogWriter Begin(TemporaryFolder folder) => LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1));

    private static LogWriter Open(TemporaryFolder folder) => LogWriter.Open(folder["log"], folder["key"], LogKeys.Of(1));

    private static string Refusal(Action action) => Assert.ThrowsExactly<SkillVerificationException>(action).Code;

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [TestMethod]
    public void NewLog_IsAnEmptySignedTree()
    {
        using var folder = new TemporaryFolder();
        Begin(folder).Dispose();

        var note = Note.Read(File.ReadAllBytes(folder["log/checkpoint"]));
        Assert.IsTrue(LogKeys.Policy().Judge(note, DateTimeOffset.UtcNow).Holds);
        Assert.AreEqual(0, Checkpoint.Read(note.Text).Size);
    }

    [TestMethod]
    public void Key_SignsForOneLogAlone_AndNothingIsOverwritten()
    {
        using var folder = new TemporaryFolder();
        Begin(folder).Dispose();

        Assert.AreEqual("log.exists", Refusal(() => LogWriter.Create(folder["other"], "other.example", folder["key"], LogKeys.Of(1))));
        Assert.AreEqual("log.exists", Refusal(() => LogWriter.Create(folder["log"], "other.example", folder["key2"], LogKeys.Of(2))));
        Assert.AreEqual("log.signature", Refusal(() => LogWriter.Open(folder["log"], folder["key2"], LogKeys.Of(2))));
        Assert.AreEqual("log.entry", Refusal(() => LogWriter.Create(folder["third"], "na me", folder["key3"], LogKeys.Of(3))));
        Assert.IsFalse(Directory.Exists(folder["third"]));
    }

    [TestMethod]
    public void DirectoryPutBackFromAnOlderCopy_IsRefused_NotSignedOver()
    {
        using var folder = new TemporaryFolder();
        using (var log = Begin(folder))
        {
            log.Publish(log.Append(Entries("a")));
            Copy(folder["log"], folder["copy"]);
            log.Publish(log.Append(Entries("b", "c")));
        }

        Directory.Delete(folder["log"], recursive: true);
        Copy(folder["copy"], folder["log"]);

        Assert.AreEqual("log.rolled-back", Refusal(() => Open(folder)));
    }

    [TestMethod]
    public void MissingRecordOfWhatWasSigned_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Begin(folder).Dispose();
        File.Delete(folder["key.signed"]);

        Assert.AreEqual("log.rolled-back", Refusal(() => Open(folder)));
    }

    [TestMethod]
    public void TreeThatWasSignedAndNotShown_IsShownAtTheNextOpening()
    {
        using var folder = new TemporaryFolder();
        using (var log = Begin(folder))
        {
            // The process ends between both.
            log.Append(Entries("a", "b", "c"));
        }

        using var again = Open(folder);
        Assert.AreEqual(3, again.Checkpoint.Size);
        Assert.AreEqual(3, Checkpoint.Read(Note.Read(File.ReadAllBytes(folder["log/checkpoint"])).Text).Size);
    }

    [TestMethod]
    public void TileThatSomebodyEdited_IsFoundBeforeAnythingIsSigned()
    {
        using var folder = new TemporaryFolder();
        using (var log = Begin(folder))
        {
            log.Publish(log.Append(Entries("a", "b", "c")));
        }

        var tile = Directory.GetFiles(folder["log/tile/0"], "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(tile);
        bytes[40] ^= 1;
        File.WriteAllBytes(tile, bytes);

        Assert.AreEqual("log.rolled-back", Refusal(() => Open(folder)));
    }

    [TestMethod]
    public void EntryThatSomebodyEdited_IsFoundBeforeAnythingIsSigned()
    {
        using var folder = new TemporaryFolder();
        using (var log = LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1)))
        {
            log.Publish(log.Append([new byte[] { 1 }, new byte[] { 2 }]));
        }

        var bundle = Path.Combine(folder["log"], "tile/entries/000.p/2");
        var bytes = File.ReadAllBytes(bundle);
        bytes[^1] ^= 1;
        File.WriteAllBytes(bundle, bytes);

        Assert.AreEqual("log.rolled-back", Assert.ThrowsExactly<SkillVerificationException>(() => LogWriter.Open(folder["log"], folder["key"], LogKeys.Of(1))).Code);
    }

    [TestMethod]
    public void LogThatWasSignedAndNotShown_IsMadeByTheNextAttempt()
    {
        using var folder = new TemporaryFolder();
        LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1)).Dispose();
        Directory.Delete(folder["log"], recursive: true);
        LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1)).Dispose();
        Directory.Delete(folder["log"], recursive: true);

        Assert.AreEqual("log.exists", Assert.ThrowsExactly<SkillVerificationException>(() => LogWriter.Create(folder["log"], "another.example", folder["key"], LogKeys.Of(1))).Code);
    }

    [TestMethod]
    public void DirectoryWithASlashAtItsEnd_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        LogWriter.Create(folder["log"] + Path.DirectorySeparatorChar, LogKeys.Origin, folder["key"], LogKeys.Of(1)).Dispose();
        Assert.IsTrue(File.Exists(Path.Combine(folder["log"], "checkpoint")));
    }

    [TestMethod]
    public void EntryThatIsTooLong_IsRefused_AndNothingIsSigned()
    {
        using var folder = new TemporaryFolder();
        using var log = Begin(folder);

        Assert.AreEqual("log.entry", Refusal(() => log.Append([new byte[65_536]])));
        Assert.AreEqual(0, log.Checkpoint.Size);
        log.Publish(log.Append([new byte[65_535], ReadOnlyMemory<byte>.Empty]));
        Assert.AreEqual(2, log.Checkpoint.Size);
    }

    [TestMethod]
    public async Task TwoWriters_TakeTurns()
    {
        using var folder = new TemporaryFolder();
        Begin(folder).Dispose();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() =>
        {
            using var log = Open(folder);
            log.Publish(log.Append(Entries($"{i}")));
        })));

        using var after = Open(folder);
        Assert.AreEqual(4, after.Checkpoint.Size);
    }

    [TestMethod]
    public async Task Entries_ThatAreOthersThanTheTreeHolds_AreNotRead()
    {
        using var folder = new TemporaryFolder();
        using var log = Begin(folder);
        log.Publish(log.Append(Entries("a", "b", "c")));
        var bundle = Directory.GetFiles(folder["log/tile/entries"], "*", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(bundle);
        bytes[^1] ^= 1;
        File.WriteAllBytes(bundle, bytes);

        await Assert.ThrowsExactlyAsync<LogFault>(async () =>
        {
            await foreach (var _ in new LogReader(new DirectoryLogFiles(folder["log"]), 3).EntriesAsync(0, default))
            {
                // Each is compared as it comes.
            }
        });
    }

    [TestMethod]
    public async Task ProofFile_ReadsBack_AndChangedOnesAreRefused()
    {
        using var folder = new TemporaryFolder();
        using var log = Begin(folder);
        var note = log.Append(Entries("a", "b", "c"));
        var proof = new LogProof(1, await new LogReader(new DirectoryLogFiles(folder["log"]), 3).ProveAsync(1, default), note, [1, 2]);

        var read = LogProof.Read(Encoding.UTF8.GetBytes(proof.ToString()));
        Assert.AreEqual(proof.ToString(), read.ToString());
        Assert.IsTrue(read.Proves(MerkleTree.LeafHash("b"u8)));
        Assert.IsFalse(read.Proves(MerkleTree.LeafHash("a"u8)));
        Assert.IsFalse((read with { Index = 2 }).Proves(MerkleTree.LeafHash("b"u8)));
        foreach (var broken in new[] { proof.ToString().Replace("index 1", "index 01", StringComparison.Ordinal), proof.ToString().Replace("@v1", "@v2", StringComparison.Ordinal), proof.ToString()[..^1], proof.ToString().Replace("index 1\n", "", StringComparison.Ordinal), proof.ToString().Replace("extra AQI=", "extra AQI", StringComparison.Ordinal) })
        {
            Assert.ThrowsExactly<FormatException>(() => LogProof.Read(Encoding.UTF8.GetBytes(broken)));
        }
    }
}
