using System.Collections.Immutable;
using System.Text;
using PluginHost.Audit;
using PluginHost.Lifecycle;
using PluginHost.Skills;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Tests.Lives;

/// <summary>The journal is the truth, so whatever was done to its file is found.</summary>
[TestClass]
public class JournalTests : IDisposable
{
    private protected static readonly string Payload = new('a', 64);
    private readonly TemporaryFolder _folder = new();
    private readonly StateRoot _root;
    private readonly SigningKey _alice = SigningKey.Generate();
    private readonly SigningKey _bob = SigningKey.Generate();
    private ImmutableSortedDictionary<string, OperatorRecord> _operators;

    public JournalTests()
    {
        _root = StateRoot.Create(_folder["state"]).Root;
        _operators = OperatorKeys.None.Add(Hex(_alice), new OperatorRecord("alice", DateTimeOffset.UnixEpoch, null)).Add(Hex(_bob), new OperatorRecord("bob", DateTimeOffset.UnixEpoch, null));
    }

    private protected StateRoot Root => _root;

    /// <summary>Of how many bytes one is changed.</summary>
    private protected virtual int Step => 7;

    /// <summary>The lines as they are kept, each with its line feed. Written, they are what somebody else wrote.</summary>
    private protected virtual IReadOnlyList<byte[]> Lines
    {
        get => [.. File.ReadAllLines(_root.Journal).Select(line => Encoding.UTF8.GetBytes(line + "\n"))];
        set => File.WriteAllBytes(_root.Journal, [.. value.SelectMany(line => line)]);
    }

    /// <summary>What several machines share; null for files.</summary>
    private protected virtual ISharedState? Shared => null;

    public virtual void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What one writes, others know at once; over a database within a second.</summary>
    private protected virtual void Heard()
    {
    }

    private protected virtual void Delete() => File.Delete(_root.Journal);

    private static string Hex(SigningKey key) => Convert.ToHexStringLower(key.PublicKey);

    private protected LifecycleJournal Open(IJournalMark? mark = null) => new(
        Shared?.OpenJournal() ?? FileJournalStore.Open(_root.Journal),
        TimeProvider.System,
        () => new OperatorKeys(_operators, []),
        mark ?? Mark(null));

    private StateJournalMark Mark(IStateAnchor? anchor) => new(_root, StateGuard.Open(_root, anchor, TimeProvider.System, Shared?.Id ?? ""), Shared is not null);

    private static LifecycleChange Change(string payload, params ImmutableArray<SkillStatus> way) => new()
    {
        Event = "test",
        Skill = "acme.test",
        Version = "1.0.0",
        Publisher = "acme",
        Payload = payload,
        Way = way,
        Actor = "test",
        Reason = "because",
    };

    private protected static LifecycleRecord Enabled(LifecycleJournal journal) => journal.Change(_ => Change(Payload, SkillStatus.None, SkillStatus.Enabled))!;

    private protected static LifecycleRecord Quarantine(LifecycleJournal journal, params (string, string)[] evidence) => journal.Change(view =>
        LifecycleDecisions.Quarantine(LifecycleDecisions.Known(view, "acme.test", "1.0.0"), "bad", "carol", evidence.ToImmutableSortedDictionary(pair => pair.Item1, pair => pair.Item2)))!;

    private static void Release(LifecycleJournal journal, SigningKey key, LifecycleRecord? held = null) => journal.Change(view =>
        LifecycleDecisions.Enable(LifecycleDecisions.Known(view, "acme.test", "1.0.0"), "looked at", "dave", holding => ReleaseStatement.Sign(held ?? holding, "looked at", key)));

    private protected void Refused(string because)
    {
        var error = Assert.ThrowsExactly<SkillStateException>(() => Open().Dispose(), because);
        Assert.IsTrue(error.Code is "state.journal" or "state.missing", error.Code);
    }

    [TestMethod]
    public void WhatIsWritten_IsReadByAnother_AndAtOnceByOneThatIsOpen()
    {
        using var one = Open();
        using var other = Open();
        Assert.IsNull(other.View.Of(Payload));

        Enabled(one);
        Heard();

        Assert.AreEqual(SkillStatus.Enabled, other.View.Of(Payload)!.Status);
        using var third = Open();
        Assert.AreEqual("because", third.View.Of("acme.test", "1.0.0")!.Last.Change.Reason);
        Quarantine(other);
        Heard();
        Assert.AreEqual(SkillStatus.Quarantined, one.View.Of(Payload)!.Status);
    }

    [TestMethod]
    public void EveryByteOfIt_IsProven()
    {
        using (var journal = Open())
        {
            Enabled(journal);
            Quarantine(journal);
        }

        var lines = Lines;
        for (var i = 0; i < lines.Sum(line => line.Length); i += Step)
        {
            var edited = lines.Select(line => line.ToArray()).ToList();
            var (row, column) = (0, i);
            for (; column >= edited[row].Length; column -= edited[row++].Length)
            {
            }

            edited[row][column] ^= 1;
            Lines = edited;
            Refused($"byte {i}");
        }
    }

    [TestMethod]
    public void Line_ThatIsRemovedMovedOrRepeated_IsFound()
    {
        using (var journal = Open())
        {
            Enabled(journal);
            Quarantine(journal);
        }

        var lines = Lines.ToArray();
        foreach (var edited in new byte[][][] { lines[..^1], [lines[0], lines[2]], [lines[0], lines[2], lines[1]], [.. lines, lines[^1]], lines[1..], [] })
        {
            Lines = edited;
            Refused(string.Join('|', edited.Length));
        }

        Delete();
        Refused("deleted");
    }

    [TestMethod]
    public void DeletedJournal_IsMissedByOneThatIsOpen()
    {
        using var journal = Open();
        Enabled(journal);
        Delete();

        Assert.ThrowsExactly<SkillStateException>(() => journal.Refresh());
        Assert.ThrowsExactly<SkillStateException>(() => journal.View);
    }

    [TestMethod]
    public virtual void DeletedJournal_IsNotMadeAgainByInit()
    {
        using (var journal = Open())
        {
            Enabled(journal);
        }

        File.Delete(_root.Journal);
        Assert.AreEqual("state.missing", Assert.ThrowsExactly<SkillStateException>(() => StateRoot.Create(_root.Path)).Code);
    }

    [TestMethod]
    public virtual void HalfALine_OfAProcessThatDied_IsTakenAwayByTheNext()
    {
        using (var journal = Open())
        {
            Enabled(journal);
        }

        File.AppendAllText(_root.Journal, "{\"v\":1,\"seq\":3,\"time\":\"20");
        using (var journal = Open())
        {
            Assert.AreEqual(SkillStatus.Enabled, journal.View.Of(Payload)!.Status);
            Quarantine(journal);
        }

        using var after = Open();
        Assert.AreEqual(SkillStatus.Quarantined, after.View.Of(Payload)!.Status);
        Assert.HasCount(3, File.ReadAllLines(_root.Journal));
    }

    [TestMethod]
    public void Journal_ThatIsLongerThanItsMark_IsThatOfAProcessThatDiedBetweenTheTwo()
    {
        using (var journal = Open(NoJournalMark.Instance))
        {
            Enabled(journal);
        }

        using var after = Open();
        Assert.AreEqual(SkillStatus.Enabled, after.View.Of(Payload)!.Status);
    }

    [TestMethod]
    public void Line_ThatBreaksTheRules_IsRefused_HoweverWellItIsChained()
    {
        using (var journal = Open())
        {
            Enabled(journal);
        }

        var last = LifecycleLine.Read(Lines[^1].AsSpan().TrimEnd((byte)'\n').ToArray())!;
        foreach (var change in new[] { Change(Payload, SkillStatus.Enabled, SkillStatus.Installed), Change(Payload, SkillStatus.Disabled, SkillStatus.Enabled), Change(new string('b', 64), SkillStatus.None, SkillStatus.Quarantined) })
        {
            var before = Lines;
            using var chain = new AuditChain(TimeProvider.System, last.Sequence, last.Hash);
            chain.Seal(LifecycleLine.Type, writer => LifecycleLine.Write(writer, change));
            Lines = [.. before, chain.Line.ToArray()];
            Refused(change.Way[^1].ToString());
            Lines = before;
        }
    }

    [TestMethod]
    public void Quarantine_IsLiftedByAnOperatorsSignature_AndByNothingElse()
    {
        using var journal = Open();
        Enabled(journal);
        var first = Quarantine(journal);
        using var stranger = SigningKey.Generate();

        Assert.ThrowsExactly<SkillVerificationException>(() => journal.Change(view => LifecycleDecisions.Enable(LifecycleDecisions.Known(view, "acme.test", "1.0.0"), "x", "y", null)));
        Release(journal, stranger);
        Assert.AreEqual("policy.quarantined", journal.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true)!.Code, "a line without an operator's signature lifts nothing");

        Release(journal, _alice);
        Assert.IsNull(journal.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true));

        Quarantine(journal);
        Release(journal, _alice, first);
        Assert.IsNotNull(journal.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true), "a statement is good for one quarantine alone");
        using var again = Open();
        Assert.IsNotNull(again.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true));
    }

    [TestMethod]
    public void Quarantine_ThatAnOperatorImposed_IsLiftedByAnother()
    {
        using var journal = Open();
        Enabled(journal);
        Quarantine(journal, (LifecycleEvidence.Imposed, LifecycleEvidence.ByOperator), (LifecycleEvidence.OperatorKey, Hex(_alice)));

        Release(journal, _alice);
        Assert.IsNotNull(journal.View.Of(Payload)!.Hold);
        Release(journal, _bob);
        Assert.IsNull(journal.View.Of(Payload)!.Hold);
    }

    [TestMethod]
    [DataRow("carol", "user:alice")]
    [DataRow("alice", "whoever")]
    public void Quarantine_WithoutAKey_IsNotLiftedByTheOneWhoseNameItBears(string user, string actor)
    {
        using var journal = Open();
        Enabled(journal);
        journal.Change(view => LifecycleDecisions.Quarantine(LifecycleDecisions.Known(view, Payload), "bad", actor, LifecycleEvidence.None.Add(LifecycleEvidence.Imposed, LifecycleEvidence.ByOperator).Add(LifecycleEvidence.User, user)));

        Release(journal, _alice);
        Assert.IsNotNull(journal.View.Of(Payload)!.Hold);
        Release(journal, _bob);
        Assert.IsNull(journal.View.Of(Payload)!.Hold);
    }

    [TestMethod]
    public void Anchor_KnowsTheJournal_WhateverTheDirectorySays()
    {
        var anchor = StateAnchors.File(_folder["anchor"]);
        var before = Lines;
        using (var journal = Open(Mark(anchor)))
        {
            Enabled(journal);
            Quarantine(journal);
        }

        // Whoever may write the directory, and not its anchor, puts the journal back and says that this is how far it had come.
        Lines = before;
        File.WriteAllText(_root.Generation, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(_root.Generation), "\"journal\":\"[^\"]*\"", "\"journal\":\"\""));

        Assert.AreEqual("state.journal", Assert.ThrowsExactly<SkillStateException>(() => Open(Mark(anchor)).Dispose()).Code);
    }

    [TestMethod]
    public void MarkThatCannotBeWritten_DoesNotHideTheDecision()
    {
        using var journal = Open(new BrokenMark());
        var told = 0;
        journal.Changed += () => told++;

        Assert.ThrowsExactly<SkillStateException>(() => Enabled(journal));

        Assert.AreEqual(1, told);
        Assert.AreEqual(SkillStatus.Enabled, journal.View.Of(Payload)!.Status);
    }

    private sealed class BrokenMark : IJournalMark
    {
        public bool NotesReading => false;

        public IReadOnlyList<(long Sequence, string Head)> Read() => [];

        public void Write(long sequence, string head) => throw new SkillStateException("generation", "disk full");
    }

    [TestMethod]
    public void LineThatIsTooLong_IsRefused_AndNothingIsWritten()
    {
        using var journal = Open();
        Assert.AreEqual("state.journal", Assert.ThrowsExactly<SkillStateException>(() => journal.Change(_ => Change(Payload, SkillStatus.None, SkillStatus.Enabled) with { Reason = new string('x', 100_000) })).Code);
        Assert.HasCount(1, Lines);
    }

    [TestMethod]
    public void OtherBytesOfAVersion_DoNotHideTheInstalledOnes()
    {
        using var journal = Open();
        var installed = new PluginHost.Library.InstalledSkill
        {
            SkillId = "acme.test", Version = "1.0.0", Publisher = "acme", Current = true, InstalledAtUnixMs = 1, ArtifactSha256 = Payload, PayloadSha256 = Payload, SignatureKeyId = "k", TrustDecision = "t",
            Source = new("local_artifact", "x"), MissingSecrets = [],
        };
        journal.Change(_ => Change(Payload, SkillStatus.None, SkillStatus.Installed) with { Installed = installed, Current = "1.0.0" });
        journal.Change(_ => Change(new string('b', 64), SkillStatus.None, SkillStatus.Enabled));

        Assert.AreEqual(Payload, journal.View.Find("acme.test", null)!.Installed!.PayloadSha256);
        Assert.AreEqual(1, journal.View.Installed.Count());
    }

    [TestMethod]
    public void Operator_WhoWasRemoved_LiftsNothingMore_AndWhatWasLiftedStays()
    {
        using var journal = Open();
        Enabled(journal);
        Quarantine(journal);
        Release(journal, _alice);
        _operators = _operators.SetItem(Hex(_alice), new OperatorRecord("alice", DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow));
        using (var after = Open())
        {
            Assert.IsNull(after.View.Of(Payload)!.Hold);
        }

        Quarantine(journal);
        Release(journal, _alice);
        Assert.IsNotNull(journal.View.Of(Payload)!.Hold);
    }

    [TestMethod]
    public void Removal_LiftsNoQuarantine()
    {
        using var journal = Open();
        Enabled(journal);
        Quarantine(journal);
        journal.Change(_ => Change(Payload, SkillStatus.Quarantined, SkillStatus.Removed));

        Assert.AreEqual(SkillStatus.Quarantined, journal.View.Blocked("acme.test", "1.0.0", new string('b', 64), isSigned: true)!.Status, "other bytes of that version");
        Release(journal, _alice);
        Assert.IsNull(journal.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true));
        Assert.AreEqual(SkillStatus.Removed, journal.View.Of(Payload)!.Status);
    }

    [TestMethod]
    public void Unsigned_BearsItsNamesWithoutRight()
    {
        using var journal = Open();
        var unsigned = new string('c', 64);
        journal.Change(_ => Change(unsigned, SkillStatus.None, SkillStatus.Probation) with { IsSigned = false });
        journal.Change(_ => Change(unsigned, SkillStatus.Probation, SkillStatus.Quarantined) with { IsSigned = false });

        Assert.IsNull(journal.View.Blocked("acme.test", "1.0.0", Payload, isSigned: true), "whoever signed that name is not stopped by somebody who only used it");
        Assert.IsNotNull(journal.View.Blocked("acme.test", "1.0.0", unsigned, isSigned: false));
    }

    [TestMethod]
    public void ManyWriters_GetOneOrder()
    {
        var journals = Enumerable.Range(0, 4).Select(_ => Open()).ToList();
        Parallel.For(0, 40, i =>
        {
            var payload = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(i)));
            journals[i % 4].Change(_ => Change(payload, SkillStatus.None, SkillStatus.Enabled) with { Version = $"1.0.{i}" });
        });
        foreach (var journal in journals)
        {
            Assert.HasCount(40, journal.View.Payloads);
            journal.Dispose();
        }

        using var after = Open();
        Assert.HasCount(40, after.View.Payloads);
        Assert.IsTrue(AuditVerifier.Verify(new MemoryStream([.. Lines.SelectMany(line => line)]), null).Intact);
    }
}
