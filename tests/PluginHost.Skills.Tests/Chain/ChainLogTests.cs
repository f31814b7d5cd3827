using System.Text;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;
using static PluginHost.Skills.Tests.Chain.ChainScene;

namespace PluginHost.Skills.Tests.Chain;

/// <summary>What the record of logs does for a chain.</summary>
[TestClass]
public sealed class ChainLogTests
{
    private readonly ChainScene _scene = new();

    private static ChainReport Of(params byte[][] lines) => Report(null, TrustDecision.Allowlisted, lines);

    [TestMethod]
    public void LogThatTellsAnotherOrder_IsNoRecord_AndIsTold()
    {
        var release = _scene.Release();
        var review = _scene.Review(Id(release));
        var report = Of([release, review, .. Logged(review, release)]);

        Assert.AreEqual(ChainGrade.Fair, report.Grade);
        StringAssert.Contains(report.Warnings.Single(), "V9");
        Assert.AreEqual(ChainGrade.Sound, Of([release, review, .. Logged(release, review)]).Grade);
    }

    [TestMethod]
    public void ProofThatCameLate_TakesNothingFromThoseThatWereThere()
    {
        var (release, second) = (_scene.Release(), _scene.Release());
        var review = _scene.Review(Id(release));
        var report = Of([release, second, review, .. Logged(release, review), .. Logged(release, review, second)]);

        Assert.AreEqual((ChainGrade.Sound, 0), (report.Grade, report.Warnings.Length));
    }

    [TestMethod]
    public void ForkOfALogOnWhichNothingStands_IsToldAndBarsNothing()
    {
        var release = _scene.Release();
        var audit = _scene.Audit(Id(release));
        var stranger = _scene.Audit(new string('c', 64), Stranger);
        var report = Of([release, audit, stranger, .. Logged(stranger), .. Logged(stranger, _scene.Audit(new string('c', 64), Stranger))[..1], .. Fork(stranger)]);

        Assert.AreEqual((ChainGrade.Fair, false), (report.Grade, report.IsForked));
        StringAssert.Contains(report.Warnings.Single(), "signed two trees");
    }

    [TestMethod]
    public void ReleaseInALog_IsThatOfTheKeyThatSignedThePackage()
    {
        var release = _scene.Release();
        static LoggedLink[] Places(params byte[][] lines) => [.. LoggedRelease.PlacesOf(Skill, Bundle(lines), Rules)];

        Assert.AreEqual(new LoggedLink(Origin, 1, true, true), Places([release, .. Logged(_scene.Release(Stranger), release)]).Single());
        Assert.IsEmpty(Places(release));
        Assert.IsEmpty(Places([release, .. Unwitnessed(release)]));
        Assert.IsEmpty(Places([release, .. ByAnotherLog(release)]));
        Assert.IsEmpty(Places([release, .. Logged(release), .. Fork(release), .. Logged(_scene.Release(), release)]), "a log with two trees has no order");
        var strangers = _scene.Release(Stranger);
        Assert.IsEmpty(Places([strangers, .. Logged(strangers)]));
        var others = _scene.Release(skill: Other);
        Assert.IsEmpty(Places([others, .. Logged(others)]));
    }

    [TestMethod]
    public void LogThatShowsTwoTrees_IsAFork()
    {
        var (release, second) = (_scene.Release(), _scene.Audit(new string('c', 64)));
        var report = Of([release, .. Logged(release, second)[..1], .. Fork(release)]);

        Assert.AreEqual((ChainGrade.Fabricated, true, 2), (report.Grade, report.IsForked, report.Proof.Length));
    }

    [TestMethod]
    public void LogThatWasSeenToFork_OrShowedAnotherTreeBefore_IsNotBelieved()
    {
        var release = _scene.Release();
        var note = LinkProof.Read(Logged(_scene.Audit(new string('c', 64)))[0])!.Proof.Note;
        var larger = LinkProof.Read(Logged(_scene.Audit(new string('c', 64)), release)[0])!.Proof.Note;

        Assert.IsTrue(Report(Rules with { Memory = new Memory(true) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
        Assert.IsTrue(Report(Rules with { Memory = new Memory(false, note) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
        Assert.IsFalse(Report(Rules with { Memory = new Memory(false, larger) }, TrustDecision.Allowlisted, [release, .. Logged(release)]).IsForked);
    }

    [TestMethod]
    public void ProofForAnotherLink_ProvesNothing()
    {
        var (release, review) = (_scene.Release(), _scene.Review(new string('d', 64)));
        var proof = Encoding.UTF8.GetString(Logged(release)[0]).Replace(Id(release), Id(review), StringComparison.Ordinal);

        Assert.AreEqual(0, Of(release, review, Encoding.UTF8.GetBytes(proof)).Transparency);
    }

    private sealed class Memory(bool isForked, params Note[] seen) : ILogMemory
    {
        public bool IsForked(string origin) => isForked;

        public IReadOnlyList<Note> SeenOf(string origin) => seen;

        public void Remember(Note note) => throw new NotSupportedException("whoever judges a chain does not decide to load it");
    }
}
