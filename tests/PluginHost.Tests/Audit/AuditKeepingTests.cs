using System.Diagnostics;
using System.Text;
using PluginHost.Audit;
using PluginHost.Conformance.Wast;
using PluginHost.Skills.Cryptography;

namespace PluginHost.Tests.Audit;

/// <summary>Segments, checkpoints, retention, and what happens where the log takes nothing.</summary>
[TestClass]
public sealed class AuditKeepingTests
{
    private static AuditSettings Small(SigningKey? key = null, long? retain = null) => AuditSettings.Of(new AuditOptions { SegmentBytes = 65_536, CheckpointRecords = 50, RetainBytes = retain })
        with { Signer = key is null ? null : new CheckpointSigner(key) };

    private static void Fill(AuditLog log, int records)
    {
        for (var i = 0; i < records; i++)
        {
            var demand = log.Append("demand", writer =>
            {
                writer.WriteString("decision", "allow");
                writer.WriteString("resource", new string('x', 300));
            });
            log.AppendAfter("done", writer => writer.WriteNumber("of", demand), out _);
        }
    }

    private static AuditReport Verify(string log, SigningKey? key = null) => AuditVerifier.Verify(log, new AuditExpectation { Key = key?.PublicKey });

    [TestMethod]
    public void FullSegment_IsFollowedByTheNext_AndAllOfThemAreOneChain()
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small()))
        {
            Fill(log, 500);
        }

        var segments = AuditSegment.Of(folder["log"]);
        Assert.IsGreaterThan(3, segments.Count);
        CollectionAssert.AreEqual(Enumerable.Range(1, segments.Count).ToArray(), segments.Select(segment => segment.Number).ToArray());
        var report = Verify(folder["log"]);
        Assert.IsTrue(report.Intact, string.Join("; ", report.Problems));
        Assert.AreEqual(1_001 + segments.Count, report.LastSequence);
        Assert.IsEmpty(report.UnknownOutcomes);
    }

    [TestMethod]
    public void Log_ThatIsOpenedAgain_GoesOnWhereItsSegmentsEnd()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 3; i++)
        {
            using var log = AuditLog.Open(folder["log"], TimeProvider.System, Small());
            Fill(log, 150);
        }

        // A process that was killed between two segments left the name free.
        File.Move(folder["log"], AuditSegment.After(folder["log"], AuditSegment.Of(folder["log"])[^1].Number).Path);
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small()))
        {
            Fill(log, 1);
        }

        Assert.IsTrue(Verify(folder["log"]).Intact);
    }

    [TestMethod]
    public void Segment_ThatIsMissingOrSwapped_IsFound()
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small()))
        {
            Fill(log, 500);
        }

        var segments = AuditSegment.Of(folder["log"]);
        File.Move(segments[1].Path, folder["aside"]);
        Assert.IsFalse(Verify(folder["log"]).Intact);
        File.Move(folder["aside"], segments[1].Path);
        Assert.IsTrue(Verify(folder["log"]).Intact);
        File.Move(segments[0].Path, folder["aside"]);
        Assert.IsFalse(Verify(folder["log"]).Intact, "a beginning that nobody removed on record");
        File.Move(segments[1].Path, segments[0].Path);
        File.Move(folder["aside"], segments[1].Path);
        Assert.IsFalse(Verify(folder["log"]).Intact);
    }

    [TestMethod]
    public void Retention_RemovesTheOldest_AndWhatIsLeftVerifies()
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(retain: 150_000)))
        {
            Fill(log, 1_500);
        }

        var report = Verify(folder["log"]);
        Assert.IsTrue(report.Intact, string.Join("; ", report.Problems));
        Assert.IsGreaterThan(1L, report.FirstSequence);
        Assert.IsLessThan(300_000L, AuditSegment.Of(folder["log"]).Sum(segment => new FileInfo(segment.Path).Length));
    }

    [TestMethod]
    public void Retention_InTheHostsOwnFolder_TakesLogsOfEndedProcesses_AndLeavesThoseThatRun()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        foreach (var name in new[] { "a.jsonl", "b.jsonl" })
        {
            using var ended = AuditLog.Open(folder[name], TimeProvider.System, Small(key) with { OwnsFolder = true });
            Fill(ended, 250);
        }

        File.WriteAllText(folder["empty.jsonl"], "");
        File.WriteAllText(folder["torn.jsonl"], "{");
        using var running = AuditLog.Open(folder["c.jsonl"], TimeProvider.System, Small(key) with { OwnsFolder = true });
        using (AuditLog.Open(folder["d.jsonl"], TimeProvider.System, Small(key, retain: 0) with { OwnsFolder = true }))
        {
        }

        Assert.AreEqual("c.jsonl d.jsonl", string.Join(" ", Directory.EnumerateFiles(folder.Path, "*.jsonl").Select(Path.GetFileName).Where(name => name != "empty.jsonl").Order()));
        var left = new[] { "c.jsonl", "d.jsonl" }.Select(name => (name, Verify(folder[name], key))).ToList();
        Assert.IsEmpty(AuditNeighbours.Missing(left));
    }

    [TestMethod]
    public void Checkpoints_AreSignedNotes_OfWhatStandsBeforeThem()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        using var other = SigningKey.Generate();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(key)))
        {
            Fill(log, 200);
        }

        var report = Verify(folder["log"], key);
        Assert.IsTrue(report is { Intact: true, CheckpointsProven: true });
        Assert.IsGreaterThanOrEqualTo(8, report.Checkpoints);
        Assert.IsFalse(Verify(folder["log"]).CheckpointsProven);
        Assert.IsFalse(Verify(folder["log"], other).Intact, "signed with another key");

        var note = File.ReadAllText(folder["log.checkpoint"]);
        StringAssert.StartsWith(note, $"pluginhost.audit/{key.KeyId}\n");
        Assert.IsTrue(CheckpointSigner.IsSigned(note, key.PublicKey));
        Assert.IsFalse(CheckpointSigner.IsSigned(note.Replace("log log", "log gol", StringComparison.Ordinal), key.PublicKey));
    }

    [TestMethod]
    public void LogThatWasCutAndContinued_DoesNotHoldAnOldCheckpoint()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(key) with { SegmentBytes = 1 << 30 }))
        {
            Fill(log, 100);
        }

        var kept = CheckpointSigner.Read(File.ReadAllText(folder["log.checkpoint"]))!;
        Assert.IsTrue(AuditVerifier.Verify(folder["log"], new AuditExpectation { Holds = kept }).Intact);
        File.WriteAllLines(folder["log"], File.ReadLines(folder["log"]).Take(40).ToList());
        Assert.IsTrue(Verify(folder["log"], key).Intact, "a cut log is itself a valid log");
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(key) with { SegmentBytes = 1 << 30 }))
        {
            Fill(log, 100);
        }

        Assert.IsTrue(Verify(folder["log"], key).Intact);
        Assert.IsFalse(AuditVerifier.Verify(folder["log"], new AuditExpectation { Holds = kept }).Intact);
    }

    [TestMethod]
    public void ChainsOfOtherProcesses_AreJoined_SoThatACutOrMissingOneIsFound()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        foreach (var name in new[] { "a.jsonl", "b.jsonl" })
        {
            using var log = AuditLog.Open(folder[name], TimeProvider.System, Small(key) with { OwnsFolder = true });
            Fill(log, 60);
        }

        List<(string, AuditReport)> All() => [.. Directory.EnumerateFiles(folder.Path, "*.jsonl").Order().Select(file => (Path.GetFileName(file), Verify(file, key)))];
        Assert.IsEmpty(AuditNeighbours.Missing(All()));

        var whole = File.ReadAllBytes(folder["a.jsonl"]);
        File.WriteAllLines(folder["a.jsonl"], File.ReadLines(folder["a.jsonl"]).Take(70).ToList());
        Assert.IsTrue(All().TrueForAll(log => log.Item2.Intact));
        Assert.HasCount(1, AuditNeighbours.Missing(All()));
        File.Delete(folder["a.jsonl"]);
        Assert.HasCount(1, AuditNeighbours.Missing(All()));
        File.WriteAllBytes(folder["a.jsonl"], whole);
        Assert.IsEmpty(AuditNeighbours.Missing(All()));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    public void FullStore_RefusesWhatIsToHappen_KeepsWhatHasHappened_AndGoesOnWhenThereIsRoom(int fault)
    {
        var store = new FaultyStore { Fault = fault == 0 ? new IOException("no space left") : new InvalidOperationException("the connection is closed") };
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default);
        var first = log.Append("demand", writer => writer.WriteString("decision", "allow"));
        store.Fails = true;

        log.AppendAfter("done", writer => writer.WriteNumber("of", first), out _);
        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() => log.Append("demand", _ => { })).Code);
        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(log.Check).Code);
        log.AppendAfter("call", _ => { }, out _);
        store.Fails = false;
        log.Check();
        log.Append("demand", writer => writer.WriteString("decision", "deny"));

        var report = AuditVerifier.Verify(store.Taken, log.Head);
        Assert.IsTrue(report.EndProven, string.Join("; ", report.Problems));
        Assert.AreEqual(5, report.Lines);
        Assert.IsEmpty(report.UnknownOutcomes);
    }

    [TestMethod]
    public void KeptRecords_AreBounded()
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default);
        store.Fails = true;
        var kept = 0;
        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() =>
        {
            for (; kept < 1_000; kept++)
            {
                log.AppendAfter("call", writer => writer.WriteString("text", new string('x', 50_000)), out _);
            }
        }).Code);

        Assert.IsGreaterThan(100, kept);
        store.Fails = false;
        log.Check();
        Assert.AreEqual(kept + 1, AuditVerifier.Verify(store.Taken, log.Head).Lines);
    }

    [TestMethod]
    public void DiskThatCannotMakeRecordsDurable_ClosesTheLog()
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default with { Durability = AuditDurability.EachRecord });
        store.FlushFails = true;

        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() => log.Append("demand", _ => { })).Code);
        store.FlushFails = false;
        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() => log.Append("demand", _ => { })).Code);
    }

    [TestMethod]
    public void SlowStore_RefusesOthers_InsteadOfHoldingThemForEver()
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default);
        store.Open.Reset();
        var stuck = Task.Factory.StartNew(() => log.Append("demand", writer => writer.WriteString("decision", "deny")), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        SpinWait.SpinUntil(() => stuck.Status == TaskStatus.Running, 1_000);
        Thread.Sleep(100);

        Assert.AreEqual("state.audit-failed", Assert.ThrowsExactly<SkillStateException>(() => log.Append("demand", _ => { })).Code);
        log.AppendAfter("call", writer => writer.WriteString("text", "it has happened"), out _);
        store.Open.Set();
        stuck.Wait(10_000);
        log.Append("demand", writer => writer.WriteString("decision", "deny"));
        var report = AuditVerifier.Verify(store.Taken, log.Head);
        Assert.IsTrue(report.EndProven);
        Assert.AreEqual(4, report.Lines, "what had happened is not lost");
    }

    [TestMethod]
    public void FullDisk_LeavesAWholeLog_AndCallsGoOnWhenThereIsRoom()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("needs Linux");
        }

        // A limit on the size of the file does what a full disk does: a part of the line is written, and then no more.
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [typeof(WastReport).Assembly.Location, "child-audit-limit", folder["log"]]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        Assert.AreEqual("refused, then recovered", child.StandardOutput.ReadToEnd().Trim());
        child.WaitForExit();
        var report = Verify(folder["log"]);
        Assert.IsTrue(report is { Intact: true, TornBytes: 0 }, string.Join("; ", report.Problems));
    }

    [TestMethod]
    public void KeptCheckpoint_IsNotOutweighed_ByALogThatSaysItsBeginningWasRemoved()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(key, retain: 0) with { CheckpointRecords = 20 }))
        {
            Fill(log, 60);
            File.Copy(folder["log.checkpoint"], folder["kept"]);
            Fill(log, 400);
        }

        var kept = CheckpointSigner.Read(File.ReadAllText(folder["kept"]))!;
        var report = AuditVerifier.Verify(folder["log"], new AuditExpectation { Holds = kept, Key = key.PublicKey });
        Assert.IsTrue(report.Intact, string.Join("; ", report.Problems));
        Assert.IsGreaterThan(kept.Sequence, report.FirstSequence);
        Assert.IsFalse(AuditVerifier.Verify(folder["log"], new AuditExpectation { Holds = kept }).Intact, "without the key nobody says so");

        // Whoever has not the host's key makes a log of two lines, the second of which tells of a retention.
        var lines = File.ReadAllLines(folder["log"]);
        var retention = Array.FindIndex(lines, line => line.Contains("\"event\":\"retention\"", StringComparison.Ordinal));
        File.WriteAllLines(folder["forged"], lines.Take(retention + 1));
        Assert.IsFalse(AuditVerifier.Verify(folder["forged"], new AuditExpectation { Holds = kept, Key = key.PublicKey }).Intact);
    }

    [TestMethod]
    public void SegmentThatCannotBeBegun_LeavesTheLogAsItIs_UntilThereIsRoom()
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System, Small()))
        {
            // Where the next file would be stands something that cannot be opened.
            Directory.CreateDirectory(folder["log.next"]);
            Fill(log, 200);
            Assert.IsEmpty(AuditSegment.Of(folder["log"]));
            Directory.Delete(folder["log.next"]);
            Fill(log, 120);
            Assert.IsNotEmpty(AuditSegment.Of(folder["log"]));
        }

        Assert.IsTrue(Verify(folder["log"]).Intact);
    }

    [TestMethod]
    public void Mark_MovesOnBeforeRetention_SoThatItNamesALineThatIsThere()
    {
        using var folder = new TemporaryFolder();
        AuditPosition? mark = null;
        using var log = AuditLog.Open(folder["log"], TimeProvider.System, Small(retain: 0) with { CheckpointRecords = 1_000_000, Checkpointed = position => mark = position });
        for (var i = 0; i < 40; i++)
        {
            Fill(log, 25);
            Assert.IsTrue(AuditTrace.Holds(folder["log"], mark!));
        }

        Assert.IsEmpty(AuditSegment.Of(folder["log"]));
    }

    [TestMethod]
    public void LogThatAFaultClosed_IsReleased_AndSaysThatRecordsAreLost()
    {
        var store = new FaultyStore();
        var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default with { Durability = AuditDurability.EachRecord });
        store.FlushFails = true;
        Assert.ThrowsExactly<SkillStateException>(() => log.Append("demand", _ => { }));
        var before = store.Taken.Length;
        store.FlushFails = false;
        log.Dispose();

        Assert.IsTrue(log.HasLost);
        Assert.AreEqual(before, store.Taken.Length, "no checkpoint claims what the disk may not have");
    }

    [TestMethod]
    public void Key_AsksForCheckpoints()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            Fill(log, 5);
        }

        Assert.IsTrue(Verify(folder["log"]).Intact);
        Assert.IsFalse(Verify(folder["log"], key).Intact, "whoever wrote the whole log anew has not the host's key");
    }

    [TestMethod]
    public void CheckpointAfterEachRecord_StillJoinsTheLogsBesideIt()
    {
        using var folder = new TemporaryFolder();
        using var key = SigningKey.Generate();
        foreach (var name in new[] { "a.jsonl", "b.jsonl" })
        {
            using var log = AuditLog.Open(folder[name], TimeProvider.System, Small(key) with { OwnsFolder = true, CheckpointRecords = 1 });
            Fill(log, 2);
        }

        Assert.AreEqual("a.jsonl", Verify(folder["b.jsonl"], key).Others.Single().Log);
    }

    [TestMethod]
    public void EachRecord_IsFlushedBeforeTheNext()
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default with { Durability = AuditDurability.EachRecord });
        for (var i = 0; i < 20; i++)
        {
            log.Append("demand", writer => writer.WriteString("decision", "deny"));
            Assert.AreEqual(store.Taken.Length, store.Flushed);
        }
    }

    [TestMethod]
    public void Group_NeverHasMoreThanAGroupOfRecordsWaiting()
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default with { GroupRecords = 10, Interval = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 500; i++)
        {
            var before = store.Taken.Length;
            log.Append("demand", writer => writer.WriteString("decision", "deny"));
            Assert.IsLessThan(11 * (store.Taken.Length - before), store.Taken.Length - store.Flushed);
        }

        Assert.IsLessThan(500, store.Flushes, "a group is flushed once");
    }

    [TestMethod]
    [DataRow(AuditDurability.Group)]
    [DataRow(AuditDurability.Interval)]
    public void Interval_EndsTheWaitOfASingleRecord(AuditDurability durability)
    {
        var store = new FaultyStore();
        using var log = AuditLog.To(store, TimeProvider.System, AuditSettings.Default with { Durability = durability, Interval = TimeSpan.FromMilliseconds(30) });
        log.Append("demand", writer => writer.WriteString("decision", "deny"));

        Assert.IsTrue(SpinWait.SpinUntil(() => store.Flushed == store.Taken.Length, 10_000));
    }

    [TestMethod]
    public void Query_FindsByFields_WithOutcomes_AndIsNotFooledByTexts()
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            foreach (var (skill, resource) in new[] { ("a", "/x"), ("b", "\",\"skill\":\"a\""), ("a", "/é") })
            {
                var demand = log.Append("demand", writer =>
                {
                    writer.WriteString("skill", skill);
                    writer.WriteString("resource", resource);
                    writer.WriteString("decision", "allow");
                });
                log.AppendAfter("done", writer => writer.WriteNumber("of", demand), out _);
            }
        }

        var found = new List<AuditMatch>();
        AuditQuery.Run([folder["log"]], new AuditFilter().Field("skill", "a"), match =>
        {
            found.Add(match);
            return true;
        });
        CollectionAssert.AreEqual(new[] { "demand", "done", "demand", "done" }, found.Select(match => match.Type).ToArray());
        CollectionAssert.AreEqual(new[] { "/x", "", "/é", "" }, found.Select(match => match["resource"]).ToArray());
        var future = new AuditFilter().Between(DateTimeOffset.UtcNow.AddDays(1), null);
        AuditQuery.Run([folder["log"]], future, _ => throw new AssertFailedException("nothing is of tomorrow"));
        found.Clear();
        AuditQuery.Run([folder["log"]], new AuditFilter().Text("/é"), match =>
        {
            found.Add(match);
            return true;
        });
        Assert.HasCount(2, found);
    }

    [TestMethod]
    public void PublishedNote_VerifiesAsItsSpecificationSays()
    {
        // The vector of golang.org/x/mod/sumdb/note.
        const string text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        const string note = text + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        var known = Convert.FromBase64String("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1..];
        Assert.AreEqual(text, SignedNote.TextOf(note));
        Assert.IsTrue(SignedNote.Verify(note, "PeterNeumann", known));
        Assert.IsFalse(SignedNote.Verify(note.Replace("answer", "Answer", StringComparison.Ordinal), "PeterNeumann", known));
        Assert.IsFalse(SignedNote.Verify(note, "EnochRoot", known));
        using var key = SigningKey.Generate();
        var own = SignedNote.Sign("text\n", "name", key);
        Assert.IsTrue(SignedNote.Verify(own, "name", key.PublicKey));
        Assert.IsFalse(SignedNote.Verify(own.Replace("text", "texd", StringComparison.Ordinal), "name", key.PublicKey));
        Assert.IsFalse(SignedNote.Verify(own, "nam", key.PublicKey));
        var line = own.Split('\n')[2];
        var id = System.Security.Cryptography.SHA256.HashData([.. Encoding.UTF8.GetBytes("name\n"), 1, .. key.PublicKey]);
        CollectionAssert.AreEqual(id[..4], Convert.FromBase64String(line.Split(' ')[2])[..4]);
    }
}
