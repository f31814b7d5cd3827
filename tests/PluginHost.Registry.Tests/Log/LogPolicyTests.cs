using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class LogPolicyTests
{
    private static string Names(params byte[] seeds) => string.Concat(seeds.Select(seed => $"witness w{seed} {LogKeys.Witness(seed)}\n"));

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_100);

    private static LogVerdict Judge(string policy, params byte[] cosigned)
    {
        var text = Checkpoint.Of(LogKeys.Origin, 3, MerkleTree.LeafHash([])).Text;
        return LogKeys.Read(policy).Judge(Note.Read(
            $"{text}\n{Note.SignatureOf(text, LogKeys.Origin, LogKeys.Of(1))}{string.Concat(cosigned.Select(seed => Note.CosignatureOf(text, LogKeys.Witness(seed).Name, LogKeys.Of(seed), 1_700_000_000 + seed)))}"), Now);
    }

    [TestMethod]
    public void Quorum_OfGroups_IsAsTheExampleOfTheStandardSays()
    {
        var policy = $"# a comment\n\tlog {LogKeys.Log} https://log.example\n{Names(11, 12, 13, 21, 22)}group X 2 w11 w12 w13\ngroup Y any w21 w22\n group  X-and-Y\tall X Y\nquorum X-and-Y";

        Assert.IsTrue(Judge(policy, 11, 13, 22).Holds);
        Assert.IsFalse(Judge(policy, 11, 12, 13).Holds);
        Assert.IsFalse(Judge(policy, 11, 21, 22).Holds);
        Assert.IsFalse(Judge(policy).Holds);
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(1_700_000_022), Judge(policy, 11, 13, 22).CosignedAt);
    }

    [TestMethod]
    public void CosignatureOfTheFuture_DoesNotCount()
    {
        var text = Checkpoint.Of(LogKeys.Origin, 3, MerkleTree.LeafHash([])).Text;
        LogVerdict At(long time) => LogKeys.Policy(11).Judge(Note.Read($"{text}\n{Note.SignatureOf(text, LogKeys.Origin, LogKeys.Of(1))}{Note.CosignatureOf(text, LogKeys.Witness(11).Name, LogKeys.Of(11), time)}"), Now);

        Assert.IsTrue(At(Now.ToUnixTimeSeconds() + 600).Holds);
        foreach (var time in new[] { Now.ToUnixTimeSeconds() + 601, 1L << 62, long.MaxValue })
        {
            Assert.IsFalse(At(time).Holds);
            Assert.IsNull(At(time).CosignedAt);
        }
    }

    [TestMethod]
    public void Witness_ThatCosignedTwice_CountsOnce() => Assert.IsFalse(Judge($"log {LogKeys.Log}\n{Names(11, 12)}group X 2 w11 w12\nquorum X\n", 11, 11).Holds);

    [TestMethod]
    public void Log_ThatIsNotListed_OrBearsAnotherName_DoesNotCount()
    {
        Assert.IsFalse(Judge("quorum none\n").Holds);
        Assert.IsFalse(Judge($"log {new NoteKey("another.example", NoteKey.Ed25519Type, LogKeys.Of(1).PublicKey)}\nquorum none\n").Holds);
        Assert.IsTrue(Judge($"log {LogKeys.Log}\nquorum none\n").Holds);
    }

    [TestMethod]
    public void ThirtyTwoOfEach_AreRead()
    {
        var seeds = Enumerable.Range(50, 32).Select(i => (byte)i).ToArray();
        var logs = string.Concat(seeds.Select(seed => $"log {new NoteKey($"log{seed}", NoteKey.Ed25519Type, LogKeys.Of((byte)(seed + 100)).PublicKey)}\n"));
        var groups = string.Concat(seeds.Select(seed => $"group g{seed} any w{seed}\n"));

        Assert.AreEqual((32, 32), (LogKeys.Read($"{logs}{Names(seeds)}{groups}quorum g50\n") is var policy ? policy.Logs.Count : 0, policy.Witnesses.Count));
    }

    [TestMethod]
    public void NamesOutsideAscii_AreOpaque()
    {
        // The Kelvin sign is no K.
        var policy = System.Text.Encoding.UTF8.GetBytes($"witness K {LogKeys.Witness(11)}\nquorum \u212A\n");

        Assert.ThrowsExactly<FormatException>(() => LogPolicy.Read(policy));
        Assert.AreEqual(1, LogPolicy.Read(System.Text.Encoding.UTF8.GetBytes($"witness \u212A {LogKeys.Witness(11)}\nquorum \u212A\n")).Witnesses.Count);
    }

    [TestMethod]
    public void KeysOfOtherKinds_AreNamed_AndMlDsaIsReadAndDoesNotCount()
    {
        var mlDsa = new NoteKey("w.example", NoteKey.MlDsaType, new byte[1312]);

        Assert.AreEqual(1, LogKeys.Read($"witness w {mlDsa}\nquorum none\n").Witnesses.Count);
        Assert.IsFalse(Judge($"log {LogKeys.Log}\nwitness w {mlDsa}\nquorum w\n").Holds);
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => LogKeys.Read($"quorum none\nlog {LogKeys.Witness(9)}\n")).Message, "line 2");
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("quorum none\nquorum none\n")]
    [DataRow("quorum nobody\n")]
    [DataRow("group g any none\nquorum g\n")]
    [DataRow("witness none KEY11\nquorum none\n")]
    [DataRow("witness w KEY11\nwitness w KEY12\nquorum none\n")]
    [DataRow("witness w KEY11\nwitness v KEY11\nquorum none\n")]
    [DataRow("witness w KEY11\ngroup g 2 w\nquorum g\n")]
    [DataRow("witness w KEY11\ngroup g 0 w\nquorum g\n")]
    [DataRow("witness w KEY11\ngroup g 01 w\nquorum g\n")]
    [DataRow("witness w KEY11\ngroup g 1 w w\nquorum g\n")]
    [DataRow("witness w KEY11\ngroup g any w\ngroup h any w\nquorum g\n")]
    [DataRow("witness w KEY11\ngroup g any\nquorum g\n")]
    [DataRow("group g any w\nwitness w KEY11\nquorum g\n")]
    [DataRow("log\nquorum none\n")]
    [DataRow("quorum none\r\n")]
    [DataRow("quorum none\nnonsense\n")]
    public void BrokenPolicies_AreRefused(string policy) => Assert.ThrowsExactly<FormatException>(() =>
        LogKeys.Read(policy.Replace("KEY11", LogKeys.Witness(11).ToString(), StringComparison.Ordinal).Replace("KEY12", LogKeys.Witness(12).ToString(), StringComparison.Ordinal)));
}
