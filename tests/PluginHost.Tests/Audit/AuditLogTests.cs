using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PluginHost.Audit;
using PluginHost.Conformance.Wast;

namespace PluginHost.Tests.Audit;

[TestClass]
public sealed class AuditLogTests
{
    private static byte[] Written(int records)
    {
        using var folder = new TemporaryFolder();
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            for (var i = 0; i < records; i++)
            {
                Pair(log, i);
            }
        }

        return File.ReadAllBytes(folder["log"]);
    }

    private static void Pair(AuditLog log, int number)
    {
        var demand = log.Append("demand", writer =>
        {
            writer.WriteString("decision", "allow");
            writer.WriteString("resource", $"/päth \"{number}\"\n|");
        });
        log.Append("done", writer => writer.WriteNumber("of", demand));
    }

    private static AuditReport Verify(byte[] log, string? head = null) => AuditVerifier.Verify(new MemoryStream(log), head);

    private static List<byte[]> Lines(byte[] log)
    {
        var lines = new List<byte[]>();
        for (var rest = log.AsSpan(); rest.Length > 0; rest = rest[(rest.IndexOf((byte)'\n') + 1)..])
        {
            lines.Add(rest[..(rest.IndexOf((byte)'\n') + 1)].ToArray());
        }

        return lines;
    }

    [TestMethod]
    public void Log_AsWritten_Holds_AndItsHeadProvesItsEnd()
    {
        var log = Written(5);
        var report = Verify(log);

        Assert.IsTrue(report.Intact);
        Assert.AreEqual(11, report.Lines);
        Assert.IsFalse(report.EndProven);
        Assert.IsTrue(Verify(log, report.Head).EndProven);
        Assert.IsEmpty(report.UnknownOutcomes);
    }

    [TestMethod]
    public void FirstLine_HashesAsTheContractSays()
    {
        var line = Encoding.UTF8.GetString(Lines(Written(0))[0]);
        var body = line[..line.LastIndexOf(",\"hash\":", StringComparison.Ordinal)];
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("pluginhost.audit.v1\n" + body)));

        Assert.AreEqual($"{body},\"hash\":\"{expected}\"}}\n", line);
        StringAssert.StartsWith(line, """{"v":1,"seq":1,"time":"2""");
        StringAssert.Contains(line, "\"type\":\"segment\"");
        StringAssert.Contains(line, $"\"prev\":\"{new string('0', 64)}\"");
    }

    [TestMethod]
    public void AnyChangedByte_IsFound()
    {
        var log = Written(3);
        var change = Gen.Zip(Gen.Choose(0, log.Length - 1), Gen.Choose(1, 255)).ToArbitrary();
        Prop.ForAll(change, edit =>
        {
            var changed = log.ToArray();
            changed[edit.Item1] ^= (byte)edit.Item2;
            var report = Verify(changed);

            // Only the last line feed is different: without it the line counts as torn.
            return !report.Intact || (edit.Item1 == log.Length - 1 && report.TornBytes > 0);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    [TestMethod]
    public void RemovedInsertedOrMovedLine_IsFound()
    {
        var lines = Lines(Written(3));
        for (var i = 0; i < lines.Count; i++)
        {
            var removed = lines.Where((_, at) => at != i);
            if (i < lines.Count - 1)
            {
                Assert.IsFalse(Verify([.. removed.SelectMany(line => line)]).Intact, $"removed {i}");
                var moved = lines.ToList();
                (moved[i], moved[i + 1]) = (moved[i + 1], moved[i]);
                Assert.IsFalse(Verify([.. moved.SelectMany(line => line)]).Intact, $"moved {i}");
            }

            Assert.IsFalse(Verify([.. lines.Take(i + 1).Append(lines[i]).Concat(lines.Skip(i + 1)).SelectMany(line => line)]).Intact, $"inserted {i}");
        }
    }

    [TestMethod]
    public void CutTail_IsFoundOnlyByTheHead()
    {
        var log = Written(3);
        var head = Verify(log).Head;
        byte[] cut = [.. Lines(log).SkipLast(2).SelectMany(line => line)];

        Assert.IsTrue(Verify(cut).Intact);
        Assert.IsFalse(Verify(cut, head).Intact);
    }

    [TestMethod]
    public void Demand_WithoutOutcome_IsReported()
    {
        byte[] cut = [.. Lines(Written(3)).SkipLast(1).SelectMany(line => line)];

        CollectionAssert.AreEqual(new[] { 6L }, Verify(cut).UnknownOutcomes.ToArray());
    }

    [TestMethod]
    public void Reopened_ContinuesTheChain_AndSetsATornTailAside()
    {
        using var folder = new TemporaryFolder();
        AuditLog.Open(folder["log"], TimeProvider.System).Dispose();
        File.AppendAllText(folder["log"], """{"v":1,"seq":2,"ti""");
        using (var log = AuditLog.Open(folder["log"], TimeProvider.System))
        {
            Pair(log, 1);
        }

        var report = Verify(File.ReadAllBytes(folder["log"]));
        Assert.IsTrue(report.Intact);
        Assert.AreEqual(4, report.LastSequence);
        Assert.AreEqual("""{"v":1,"seq":2,"ti""", File.ReadAllText(folder["log.torn-1"]));
    }

    [TestMethod]
    public void Tampered_IsNotContinued()
    {
        using var folder = new TemporaryFolder();
        var log = Written(3);
        log[300] ^= 1;
        File.WriteAllBytes(folder["log"], log);

        Assert.AreEqual("state.audit-tampered", Assert.ThrowsExactly<SkillStateException>(() => AuditLog.Open(folder["log"], TimeProvider.System)).Code);
        CollectionAssert.AreEqual(log, File.ReadAllBytes(folder["log"]));
    }

    [TestMethod]
    public void SecondWriter_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var first = AuditLog.Open(folder["log"], TimeProvider.System);

        Assert.AreEqual("state.audit-open", Assert.ThrowsExactly<SkillStateException>(() => AuditLog.Open(folder["log"], TimeProvider.System)).Code);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void KilledProcess_LeavesAValidLog()
    {
        using var folder = new TemporaryFolder();
        for (var round = 0; round < 3; round++)
        {
            var start = new ProcessStartInfo("dotnet");
            start.ArgumentList.Add(typeof(WastReport).Assembly.Location);
            start.ArgumentList.Add("child-audit");
            start.ArgumentList.Add(folder["log"]);
            var before = round == 0 ? 0 : new FileInfo(folder["log"]).Length;
            using var child = Process.Start(start)!;
            SpinWait.SpinUntil(() => child.HasExited || (File.Exists(folder["log"]) && new FileInfo(folder["log"]).Length > before + 20_000), 20_000);
            child.Kill();
            child.WaitForExit();

            var report = Verify(File.ReadAllBytes(folder["log"]));
            Assert.IsTrue(report.Intact, string.Join("; ", report.Problems));
            Assert.IsTrue(report.Lines > 50);
            Assert.IsTrue(report.UnknownOutcomes.Count <= round + 1);
        }
    }
}
