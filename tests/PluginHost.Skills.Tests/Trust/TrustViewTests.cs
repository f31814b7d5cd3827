using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Skills.Tests.Trust;

[TestClass]
public sealed class TrustViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TrustRules Open = new() { AllowFirstUse = true, Now = Now };
    private static readonly TrustRules Closed = new() { Now = Now };
    private static readonly SigningKey A = Keys.Of(1);
    private static readonly SigningKey B = Keys.Of(2);
    private static readonly SigningKey C = Keys.Of(3);

    private static TrustView Empty { get; } = new(TrustStore.Empty, TrustLedger.Empty);

    private static SignedSkill Skill(SigningKey key, string version = "1.0.0", string publisher = "acme", string id = "acme.demo", string description = "Runs.") =>
        new DemoPackage { Signer = key, Version = version, Publisher = publisher, Id = id, Description = description }.Signed();

    private static TrustView Load(TrustView view, SignedSkill skill, TrustRules? rules = null, params KeyEvent[] events)
    {
        var after = view.After(skill.Manifest.Publisher, events, (rules ?? Open).Now);
        return after.Accepted(skill, after.Decide(skill, rules ?? Open), 0, rules ?? Open);
    }

    private static string Refusal(TrustView view, SignedSkill skill, TrustRules? rules = null, params KeyEvent[] events) =>
        Assert.ThrowsExactly<SkillVerificationException>(() => Load(view, skill, rules, events)).Code;

    private static TrustDecision Decision(TrustView view, SignedSkill skill, params KeyEvent[] events) => view.After("acme", events, Now).Decide(skill, Closed).Decision;

    [TestMethod]
    public void FirstUse_IsPinned_AndOtherKeysAreRefused()
    {
        var view = Load(Empty, Skill(A));

        Assert.AreEqual("trust.unknown-publisher", Refusal(Empty, Skill(A), Closed));
        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(A)));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B)));
        Assert.AreEqual(A.Hex(), view.Store.PinOf("acme"));
    }

    [TestMethod]
    public void Rotation_NeedsOldAndNewSignatures()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A]);

        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(B, "1.0.1"), first, Keys.Event(2, first, [B], [A, B])));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A])));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [B])));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(3, first, [B], [A, B])));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B], publisher: "other")));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, Keys.Event(1, null, [C], [C]), [B], [A, B])));
    }

    [TestMethod]
    public void Rotation_MovesThePin_AndTheFormerKeySignsNothingNew()
    {
        var first = Keys.Event(1, null, [A], [A]);
        var old = Skill(A);
        var view = Load(Load(Empty, old), Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B]));

        Assert.AreEqual(B.Hex(), view.Store.PinOf("acme"));
        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(A, "1.0.2")));
        Assert.AreEqual("trust.downgrade", Refusal(view, old));
        Assert.AreEqual(TrustDecision.Pinned, view.Decide(old, Open with { AllowDowngrade = true }).Decision);
        Assert.AreEqual(2, view.Decide(Skill(B, "1.0.2"), Closed).KeyVersion);
    }

    [TestMethod]
    public void Threshold_CountsDistinctKeys()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A]);
        var second = Keys.Event(2, first, [A, B, C], [A, B], threshold: 2);
        var third = Keys.Event(3, second, [C], [A, A, C]);
        var lone = Keys.Event(3, second, [C], [C, C]);

        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(B, "1.0.1"), first, second));
        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(C, "1.0.1"), first, second, third));
        Assert.AreEqual(2, view.After("acme", [first, second, lone], Now).Ledger.Publishers["acme"].Current().Version);
        Assert.AreEqual(1, view.After("acme", [first, Keys.Event(2, first, [A, B, C], [A], threshold: 2)], Now).Ledger.Publishers["acme"].Current().Version);
    }

    [TestMethod]
    public void PreCommitment_StopsAThiefOfTheCurrentKey()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A], next: [B]);

        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(C, "1.0.1"), null, first, Keys.Event(2, first, [C], [A, C])));
        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(B, "1.0.1"), first, Keys.Event(2, first, [B], [A, B])));
    }

    [TestMethod]
    public void HostThatWasAway_WalksOverExpiredEvents_ButTheLastMustCount()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A], expires: Now.AddDays(-20));
        var second = Keys.Event(2, first, [B], [A, B], expires: Now.AddDays(-10));
        var third = Keys.Event(3, second, [C], [B, C], expires: Now.AddDays(100));

        Assert.AreEqual(TrustDecision.Pinned, Decision(view, Skill(C, "1.0.1"), first, second, third));
        Assert.AreEqual("trust.keys-expired", Refusal(view, Skill(B, "1.0.1"), null, first, second));
    }

    [TestMethod]
    public void TwoEventsForOneVersion_AreRefused_AndFreezeWherePersisted()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A]);
        var one = Keys.Event(2, first, [B], [A, B]);
        var other = Keys.Event(2, first, [C], [A, C]);
        var frozen = view with { Ledger = view.Ledger with { Publishers = view.Ledger.Publishers.SetItem("acme", view.Ledger.Publishers["acme"] with { Frozen = true }) } };

        Assert.AreEqual("trust.equivocation", Refusal(view, Skill(B, "1.0.1"), null, first, one, other));
        Assert.AreEqual("trust.equivocation", Refusal(Load(view, Skill(B, "1.0.1"), null, first, one), Skill(B, "1.0.2"), null, other));
        Assert.AreEqual("trust.frozen", Refusal(frozen, Skill(A)));
    }

    [TestMethod]
    public void RevokedKey_DoesNotCount_ButForItsValidPayloads_AndRatchetsComeDown()
    {
        var good = Skill(A);
        var thief = Skill(A, "4294967295.0.0");
        var view = Load(Load(Empty, good), thief);
        var first = Keys.Event(1, null, [A], [A]);
        var second = Keys.Event(2, first, [B], [A, B], revokes: A.Hex(), valid: [good.Artifact.Payload]);

        Assert.AreEqual("trust.downgrade", Refusal(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B])));
        var after = Load(view, Skill(B, "1.0.1"), null, first, second);
        Assert.AreEqual("1.0.1", after.Ledger.Skills["acme.demo"].Highest().ToString());
        Assert.AreEqual("trust.key-revoked", Refusal(after, thief));
        Assert.AreEqual("trust.key-revoked", Refusal(after, Skill(A, "1.0.2")));
        Assert.AreEqual(TrustDecision.Pinned, after.Decide(good, Open with { AllowDowngrade = true }).Decision);
    }

    [TestMethod]
    public void RevokedKey_StillCounts_ForWhatALogHadBeforeItsCutoff()
    {
        var (old, first) = (Skill(A, "0.9.0"), Keys.Event(1, null, [A], [A]));
        var view = Load(Empty, Skill(A));
        var after = Load(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B], revokes: A.Hex(), cutoff: new LogCutoff("log.example", 4)));
        TrustRules Logged(params LoggedLink[] places) => Open with { AllowDowngrade = true, LoggedReleases = skill => skill == old ? [.. places] : [] };

        Assert.AreEqual(TrustDecision.Pinned, after.Decide(old, Logged(new LoggedLink("log.example", 3, true, true))).Decision);
        Assert.AreEqual("trust.key-revoked", Refusal(after, old, Logged(new LoggedLink("log.example", 4, true, true))));
        Assert.AreEqual("trust.key-revoked", Refusal(after, old, Logged(new LoggedLink("other.example", 3, true, true))));
        Assert.AreEqual("trust.key-revoked", Refusal(after, old, Logged()));
        Assert.AreEqual("trust.key-revoked", Refusal(after with { Ledger = after.Ledger.Revoke(A.Hex(), new RevokedKey { Reason = "stolen", At = Now }) }, old, Logged(new LoggedLink("log.example", 3, true, true))), "revoked again, for good");
        Assert.AreEqual("trust.downgrade", Refusal(after, old, Logged(new LoggedLink("log.example", 3, true, true)) with { AllowDowngrade = false }), "what was before a cut-off may still go back");
    }

    [TestMethod]
    public void Ratchet_StaysAtVersions_ThatALogHadBeforeTheCutoff()
    {
        var (good, thief) = (Skill(A, "1.2.0"), Skill(A, "4294967295.0.0"));
        TrustView Keep(TrustView now, SignedSkill skill, params LoggedLink[] places) => now.Accepted(skill, now.Decide(skill, Open), 0, Open, [.. places]);
        var view = Keep(Keep(Keep(Empty, good, new LoggedLink("log.example", 3, true, true)), good), thief, new LoggedLink("log.example", 9, true, true));
        var kept = new TrustView(view.Store, TrustLedger.Read(view.Ledger.Write()));
        var revoked = kept.Ledger.Revoke(A.Hex(), new RevokedKey { Reason = "stolen", At = Now, Cutoff = new LogCutoff("log.example", 4) });

        Assert.AreEqual("1.2.0", revoked.Skills["acme.demo"].Highest().ToString());
        Assert.AreEqual(new LogCutoff("log.example", 4), TrustLedger.Read(revoked.Write()).RevokedKeys[A.Hex()].Cutoff);
        Assert.IsNull(kept.Ledger.Revoke(A.Hex(), new RevokedKey { Reason = "stolen", At = Now }).Skills["acme.demo"].Highest());
    }

    [TestMethod]
    public void TwoCutoffs_LeaveWhatBothAdmit()
    {
        static RevokedKey By(string? log, long index) => new() { Reason = "x", At = Now, Cutoff = log is null ? null : new LogCutoff(log, index) };

        Assert.AreEqual(3, By("a", 5).After(By("a", 3)).Cutoff!.Index);
        Assert.AreEqual(3, By("a", 3).After(By("a", 5)).Cutoff!.Index);
        Assert.IsNull(By("a", 3).After(By("b", 5)).Cutoff);
        Assert.IsNull(By("a", 3).After(By(null, 0)).Cutoff);
        Assert.IsNull(By(null, 0).After(By("a", 3)).Cutoff);
    }

    [TestMethod]
    [DataRow("""{"log":"log.example"}""")]
    [DataRow("""{"index":4}""")]
    [DataRow("""{"log":"log.example","index":-1}""")]
    [DataRow("""{"log":"log.example","index":1.5}""")]
    [DataRow("""{"log":"log.example","index":9223372036854775808}""")]
    [DataRow("""{"log":"log.example","index":"4"}""")]
    [DataRow("""{"log":"","index":4}""")]
    [DataRow("""{"log":"log\nexample","index":4}""")]
    [DataRow("""{"log":4,"index":4}""")]
    public void MalformedCutoff_IsNone_AndIsSaid(string cutoff)
    {
        var list = $$"""{"sequence":1,"keys":[{"key":"ed25519:{{A.Hex()}}","reason":"x","cutoff":{{cutoff}} }],"payloads":[]}""";

        Assert.ThrowsExactly<FormatException>(() => RevocationList.Parse(System.Text.Encoding.UTF8.GetBytes(list)));
    }

    [TestMethod]
    public void RevocationList_KeepsItsCutoff_WhenItIsSigned()
    {
        var list = RevocationList.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"sequence":1,"keys":[{"key":"ed25519:{{A.Hex()}}","reason":"x","cutoff":{"log":"log.example","index":4} }],"payloads":[]}"""));

        Assert.AreEqual(new LogCutoff("log.example", 4), RevocationList.Read(list.Sign([B]), [B.PublicKey.ToArray()], 1).ApplyTo(TrustLedger.Empty, Now).RevokedKeys[A.Hex()].Cutoff);
    }

    [TestMethod]
    public void RevokedKey_CannotLetAnotherFollow()
    {
        var view = Load(Empty, Skill(A));
        var revoked = view with { Ledger = view.Ledger.Revoke(A.Hex(), new RevokedKey { Reason = "stolen", At = Now }) };
        var first = Keys.Event(1, null, [A], [A]);

        Assert.AreEqual("trust.key-changed", Refusal(revoked, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B])));
        var followed = Load(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B], revokes: A.Hex()));
        Assert.AreEqual(TrustDecision.Pinned, Decision(followed, Skill(B, "1.0.2"), Keys.Event(2, first, [C], [A, C])), "a thief of the revoked key proves nothing");
    }

    [TestMethod]
    public void Commitment_BindsTheKeysThatStay_Too()
    {
        var view = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [A], [A], next: [B]);
        var again = Keys.Event(2, first, [A], [A], next: [C]);

        Assert.AreEqual("trust.key-changed", Refusal(view, Skill(C, "1.0.1"), null, first, again, Keys.Event(3, again, [C], [A, C])));
    }

    [TestMethod]
    [DataRow(5, true)]
    [DataRow(400, false)]
    public void SignaturesOfStrangers_AreVerifiedUpToALimit(int junk, bool comesToTheEnd)
    {
        var view = Load(Empty, Skill(A));
        var strangers = Enumerable.Range(50, 31).Select(i => Keys.Of((byte)i)).ToArray();
        var first = Keys.Event(1, null, [A], [A]);
        var second = Keys.Event(2, first, [B], [A, B]);
        var third = Keys.Event(3, second, [C], [B, C]);
        var events = Enumerable.Range(0, junk).Select(i => Keys.Event(2, first, [Keys.Of((byte)(90 + (i % 100)))], strangers, expires: Now.AddDays(i))).Prepend(first).Append(second).Append(third).ToList();
        var reached = view.After("acme", events, Now).Ledger.Publishers["acme"].Current().Version;

        Assert.AreEqual(comesToTheEnd, reached == 3, $"key set {reached}");
    }

    [TestMethod]
    public void StoreThatPinsAnotherKeyThanIsKnown_IsRefused() =>
        Assert.AreEqual("trust.key-changed", Refusal(Load(Empty, Skill(A)) with { Store = TrustStore.Empty.WithPin("acme", B.Hex()) }, Skill(A)));

    [TestMethod]
    public void Event_RevokesNoOtherPublishersKeys_EvenOnesThatItNamed()
    {
        var honest = Load(Empty, Skill(A));
        var first = Keys.Event(1, null, [C, A], [C], publisher: "evil");
        var second = Keys.Event(2, first, [C], [C], revokes: A.Hex(), publisher: "evil");
        var after = Load(honest, Skill(C, publisher: "evil", id: "evil.demo"), null, first, second);

        Assert.AreEqual(2, after.Ledger.Publishers["evil"].Current().Version);
        Assert.AreEqual(TrustDecision.Pinned, Decision(after, Skill(A, "1.0.1")));
        Assert.AreEqual("1.0.0", after.Ledger.Skills["acme.demo"].Highest().ToString());
    }

    [TestMethod]
    public void Event_RevokesNoOtherPublishersKeys()
    {
        var view = Load(Load(Empty, Skill(A)), Skill(C, publisher: "other", id: "other.demo"));
        var first = Keys.Event(1, null, [A], [A]);
        var after = Load(view, Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B], revokes: C.Hex()));

        Assert.IsEmpty(after.Ledger.RevokedKeys);
        Assert.IsEmpty(after.Ledger.Publishers["acme"].Revoked);
    }

    [TestMethod]
    public void RevokedPayload_IsRefused_WhoeverSignedIt()
    {
        var skill = Skill(A);
        var view = Load(Empty, skill);
        var revoked = view with { Ledger = view.Ledger.RevokePayload(skill.Artifact.Payload, "it stole") };

        Assert.AreEqual("trust.payload-revoked", Refusal(revoked, skill));
        Assert.IsNull(revoked.Ledger.Skills["acme.demo"].Highest());
    }

    [TestMethod]
    public void Ratchets_RefuseWhatGoesBack_UnlessSomebodySaysSo()
    {
        var view = Load(Empty, Skill(A, "1.1.0"));

        Assert.AreEqual("trust.downgrade", Refusal(view, Skill(A, "1.0.9")));
        Assert.AreEqual("trust.downgrade", Refusal(view, Skill(A, "1.1.0", description: "Other.")));
        Assert.IsNull(view.Decide(Skill(A, "1.1.0"), Closed).Downgrade);
        StringAssert.Contains(view.Decide(Skill(A, "1.0.9"), Closed with { AllowDowngrade = true }).Downgrade, "1.0.9 is older than 1.1.0");
        Assert.AreEqual("1.1.0", Load(view, Skill(A, "1.0.9"), Open with { AllowDowngrade = true }).Ledger.Skills["acme.demo"].Highest().ToString());
    }

    [TestMethod]
    public void ProvenanceRatchet_RefusesLess()
    {
        var skill = Skill(A);
        var view = Empty.Accepted(skill, Empty.Decide(skill, Open), 2, Open);

        Assert.AreEqual("provenance.downgrade", Assert.ThrowsExactly<SkillVerificationException>(() => view.CheckProvenance(Skill(A, "1.0.1"), 1, Open)).Code);
        Assert.IsNull(view.CheckProvenance(Skill(A, "1.0.1"), 2, Open));
        Assert.IsNotNull(view.CheckProvenance(Skill(A, "1.0.1"), 1, Open with { AllowDowngrade = true }));
    }

    [TestMethod]
    public void SkillId_BelongsToItsFirstPublisher() =>
        Assert.AreEqual("trust.skill-publisher", Refusal(Load(Empty, Skill(A)), Skill(B, "2.0.0", publisher: "acme2", id: "acme.demo")));

    [TestMethod]
    public void KeyOfAnotherRole_IsRefused_EvenWhereItIsListed()
    {
        var rules = Open with { OtherRoles = Open.OtherRoles.Add(A.Hex(), "registry") };

        Assert.AreEqual("trust.key-role", Refusal(new TrustView(TrustStore.Empty.With("acme", A.Hex()), TrustLedger.Empty), Skill(A), rules));
    }

    [TestMethod]
    public void Newcomer_IsIntroducedByItsOwnPackageAlone()
    {
        var first = Keys.Event(1, null, [A], [A]);
        var second = Keys.Event(2, first, [B], [A, B]);

        Assert.AreEqual(2, Load(Empty, Skill(B), null, first, second).Ledger.Publishers["acme"].Current().Version);
        Assert.AreEqual(1, Load(Empty, Skill(B), null, first with { IsBeside = true }, second with { IsBeside = true }).Ledger.Publishers["acme"].Current().Version);
        Assert.AreEqual("trust.key-changed", Refusal(Empty, Skill(C), null, first, second));
        Assert.AreEqual("trust.unknown-publisher", Refusal(Empty, Skill(B), Closed, first, second));
    }

    [TestMethod]
    public void ListedPublisher_KnowsNoSuccession()
    {
        var first = Keys.Event(1, null, [A], [A]);

        Assert.AreEqual("trust.key-not-listed", Refusal(new TrustView(TrustStore.Empty.With("acme", A.Hex()), TrustLedger.Empty), Skill(B), null, first, Keys.Event(2, first, [B], [A, B])));
    }

    [TestMethod]
    public void OldKeys_AreWarnedOf()
    {
        var view = Load(Empty, Skill(A));

        Assert.IsEmpty(view.Decide(Skill(A), Closed).Warnings);
        StringAssert.Contains(view.Decide(Skill(A), Closed with { Now = Now.AddDays(400) }).Warnings.Single(), "400 days old");
    }

    [TestMethod]
    public void Ledger_SurvivesItsJson()
    {
        var first = Keys.Event(1, null, [A], [A]);
        var view = Load(Load(Empty, Skill(A)), Skill(B, "1.0.1"), null, first, Keys.Event(2, first, [B], [A, B], revokes: A.Hex(), next: [C], expires: Now.AddDays(9)));
        var again = TrustLedger.Read(view.Ledger.Write());

        CollectionAssert.AreEqual(view.Ledger.Write(), again.Write());
        Assert.AreEqual(TrustDecision.Pinned, (view with { Ledger = again }).Decide(Skill(B, "1.0.1"), Closed).Decision);
        foreach (var damaged in new[] { "", "{", "{}x", """{"v":2}""", """{"v":1,"more":1}""", """{"v":1,"publishers":{"acme":{"sets":[]}}}""" })
        {
            Assert.ThrowsExactly<FormatException>(() => TrustLedger.Read(System.Text.Encoding.UTF8.GetBytes(damaged)), damaged);
        }
    }

    [TestMethod]
    public void RevocationList_NeedsEnoughOperators_AndNeverGoesBack()
    {
        var list = new RevocationList { Sequence = 2, Keys = TrustLedger.Empty.RevokedKeys.Add(A.Hex(), new RevokedKey { Reason = "stolen", At = default }) };
        var bytes = list.Sign([B, C]);

        Assert.ThrowsExactly<FormatException>(() => RevocationList.Read(bytes, [A.PublicKey], 1));
        Assert.ThrowsExactly<FormatException>(() => RevocationList.Read(bytes, [B.PublicKey, B.PublicKey], 2));
        var applied = RevocationList.Read(bytes, [B.PublicKey, C.PublicKey], 2).ApplyTo(TrustLedger.Empty, Now);
        Assert.AreEqual("trust.key-revoked", Refusal(new TrustView(TrustStore.Empty, applied), Skill(A)));
        Assert.ThrowsExactly<FormatException>(() => (list with { Sequence = 1 }).ApplyTo(applied, Now));
        Assert.ThrowsExactly<FormatException>(() => list.ApplyTo(applied, Now));
    }

    [TestMethod]
    public void Unsigned_IsRefused_UnlessAllowed_AndNeverOnceSeenSigned()
    {
        var entries = SkillArtifact.Read(new DemoPackage { Signer = A }.Build()).Entries.Where(entry => entry.Path != "signature.json").Select(entry => (entry.Path, entry.Content)).ToArray();
        var skill = SignedSkill.Unsigned(SkillArtifact.Read(Packages.Zip(entries)));
        var allowing = Open with { AllowUnsigned = true };

        Assert.IsTrue(skill.Manifest.Tools.All(tool => tool.RequiresApproval));
        Assert.AreEqual("signature.missing", Refusal(Empty, skill));
        var view = Load(Empty, skill, allowing);
        Assert.AreEqual(TrustDecision.Probation, view.Decide(skill, allowing).Decision);
        Assert.AreEqual("trust.probation-over", Refusal(view, skill, allowing with { Now = Now.AddDays(31) }));
        Assert.AreEqual("trust.once-signed", Refusal(Load(Empty, Skill(A)), skill, allowing));
        Assert.AreEqual("trust.once-signed", Refusal(new TrustView(TrustStore.Empty.With("acme", A.Hex()), TrustLedger.Empty), skill, allowing));
    }
}
