using PluginHost.Library.Registries;
using PluginHost.Registry.Files;
using PluginHost.Registry.Log;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Tests.Log;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Publishing;

[TestClass]
public sealed class RegistryWriterTests : IDisposable
{
    private readonly RegistryScene _scene = new();

    public RegistryWriterTests() => _scene.Create().Dispose();

    public void Dispose() => _scene.Dispose();

    private static async Task<string> Refusal(Func<Task> act) => (await Assert.ThrowsExactlyAsync<SkillVerificationException>(act)).Code;

    private static string Refusal(Action act) => Assert.ThrowsExactly<SkillVerificationException>(act).Code;

    [TestMethod]
    [DataRow("gone")]
    [DataRow("empty")]
    [DataRow("older")]
    public async Task Bundle_ThatDoesNotHaveWhatTheLogHas_FailsTheAudit(string how)
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        await _scene.PublishAsync(package, release);
        var file = Directory.EnumerateFiles(_scene["packages"], "*.intoto.jsonl", SearchOption.AllDirectories).Single();
        var older = File.ReadAllBytes(file);
        await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(release)));
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);

        switch (how)
        {
            case "gone":
                File.Delete(file);
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            default:
                File.WriteAllBytes(file, older);
                break;
        }

        Assert.IsTrue((await _scene.AuditAsync()).Any(finding => finding.IsFault && finding.Message.Contains("is not in its bundle", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task NewRegistry_SaysThatItHoldsNothing()
    {
        using var registry = _scene.Open();

        Assert.AreEqual((0, 1L), (registry.Content.Entries.Length, registry.Content.Timestamp.Version));
        Assert.AreEqual(_scene.Time.GetUtcNow().AddHours(24), registry.Content.Timestamp.Expires);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public void Key_SignsForOneRegistry_AndNothingIsOverwritten()
    {
        Assert.AreEqual("registry.exists", Refusal(() => _scene.Create().Dispose()));
        Directory.Delete(_scene.Root, recursive: true);
        Assert.AreEqual("registry.exists", Refusal(() => _scene.Create().Dispose()));
    }

    [TestMethod]
    public async Task PublishedPackage_IsOffered_WithItsLinksProvenInTheLog()
    {
        var package = RegistryScene.Package();
        var published = await _scene.PublishAsync(package, _scene.Release(package));

        Assert.AreEqual(("acme.demo", 1, 1, true), (published.Skill, published.Links, published.Logged, published.IsNew));
        CollectionAssert.AreEqual(package, File.ReadAllBytes(_scene[published.Path]));
        StringAssert.Contains(RegistryScene.Text(_scene[published.Path + ".intoto.jsonl"]), "tlogProof");
        using var registry = _scene.Open();
        Assert.AreEqual(("acme.demo", "1.0.0", "acme"), registry.Content.Entries.Single() is var entry ? (entry.SkillId, entry.Version.ToString(), entry.Publisher) : default);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public async Task MoreAboutAPackage_IsAdded_AndWhatIsThereStays()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        await _scene.PublishAsync(package, release);
        var violation = _scene.Violation(package, RegistryScene.IdOf(release));
        var again = await _scene.PublishAsync(package, violation);

        Assert.AreEqual((2, 1, false), (again.Links, again.Logged, again.IsNew));
        Assert.AreEqual(0, (await _scene.PublishAsync(package, [.. release, .. violation])).Logged, "nothing of it is new");
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public async Task JunkBesideAPackage_IsLeftOut()
    {
        var package = RegistryScene.Package();
        var other = RegistryScene.Package(description: "Another.");
        byte[] junk = [.. "{}\n"u8, .. "{\"tlogProof\":\"AAAA\",\"link\":\"x\"}\n"u8, .. _scene.Release(other), .. Enumerable.Repeat((byte)'x', 1000), (byte)'\n'];
        var published = await _scene.PublishAsync(package, [.. junk, .. _scene.Release(package)]);

        Assert.AreEqual(1, published.Links);
        Assert.AreEqual(2, File.ReadAllLines(_scene[published.Path + ".intoto.jsonl"]).Length, "a link and its proof");
    }

    [TestMethod]
    public async Task PublisherThatIsNotKnown_HasToBeLetIn_AndItsNameStaysItsKeys()
    {
        var package = RegistryScene.Package();
        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(package, _scene.Release(package), mayDelegate: false)));
        await _scene.PublishAsync(package, _scene.Release(package));

        var (thief, next) = (LogKeys.Of(99), RegistryScene.Package("1.0.1", signer: LogKeys.Of(99)));
        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(next, _scene.Release(next, "1.0.1", thief), mayDelegate: false)));
        using var registry = _scene.Open();
        Assert.AreEqual(1, registry.Content.Entries.Length);
    }

    [TestMethod]
    public async Task NewKeyOfAPublisher_TakesThePlaceOfTheOldOne()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        var (key, next, last) = (LogKeys.Of(99), RegistryScene.Package("1.0.1", signer: LogKeys.Of(99)), RegistryScene.Package("1.0.2"));
        await _scene.PublishAsync(next, _scene.Release(next, "1.0.1", key));

        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(last, _scene.Release(last, "1.0.2"), mayDelegate: false)));
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count(finding => finding.IsFault), "what the old key signed stays");
    }

    [TestMethod]
    public async Task IdOfASkill_BelongsToWhoPublishedItFirst()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        var (key, taken) = (LogKeys.Of(97), new DemoPackage { Publisher = "evil", Version = "9.0.0", Signer = LogKeys.Of(97) }.Build());

        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(taken, _scene.Release(taken, "9.0.0", key))));
    }

    [TestMethod]
    [DataRow("con")]
    [DataRow("com1")]
    [DataRow("acme.")]
    public async Task PublisherThatIsNoNameOfAFileEverywhere_IsRefused(string publisher)
    {
        var package = new DemoPackage { Publisher = publisher }.Build();

        StringAssert.Contains(await Refusal(() => _scene.PublishAsync(package, _scene.Release(package))), ".");
    }

    [TestMethod]
    public async Task ProofThatSomebodyMadeUp_KeepsNothingOutOfTheLog()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        var other = RegistryScene.Package("0.9.0");
        var published = await _scene.PublishAsync(other, _scene.Release(other, "0.9.0"));
        var borrowed = File.ReadAllLines(_scene[published.Path + ".intoto.jsonl"]).Single(line => line.Contains("tlogProof", StringComparison.Ordinal));
        var (from, to) = (borrowed.LastIndexOf("\"link\":\"", StringComparison.Ordinal) + 8, borrowed.LastIndexOf('"'));
        var forged = System.Text.Encoding.UTF8.GetBytes(borrowed[..from] + RegistryScene.IdOf(release) + borrowed[to..] + "\n");

        Assert.AreEqual(1, (await _scene.PublishAsync(package, [.. release, .. forged])).Logged);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public async Task ProofsOfOtherLogs_PushTheOwnOneOutOfNoBundle()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        var (signed, envelope) = (Skills.Artifacts.SignedSkill.Verify(Skills.Artifacts.SkillArtifact.Read(package)), Skills.Attestations.DsseEnvelope.Read(release.AsMemory(0, release.Length - 1)));
        var leaf = ChainInspection.EntryOf(ChainLinkReader.Read(envelope, Skills.Attestations.InTotoStatement.Read(envelope.Payload)), signed)!.LeafHash;
        byte[] Foreign(int i)
        {
            var text = Checkpoint.Of($"junk{i}.example", 1, leaf).Text;
            var note = Note.Read($"{text}\n{Note.SignatureOf(text, $"junk{i}.example", LogKeys.Of(70))}");
            return LinkProof.Line(envelope.Id, System.Text.Encoding.UTF8.GetBytes(new LogProof(0, [], note, null).ToString()));
        }

        var bundle = release.Concat(Enumerable.Range(0, 9).SelectMany(Foreign)).ToArray();
        Assert.AreEqual(1, (await _scene.PublishAsync(package, bundle)).Logged);
        Assert.AreEqual(0, (await _scene.PublishAsync(package, bundle)).Logged, "it is proven there already");
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count(finding => finding.IsFault));
    }

    [TestMethod]
    public async Task WhatFindsNoRoomWithItsProofs_IsRefused_BeforeItIsLogged()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        byte[] Filler(int i) => _scene.Link(package, DemoPackage.Key, LinkKind.Authorship, [], json => json.WriteString("purl", $"pkg:generic/acme.demo@1.0.0?{i}"));
        await _scene.PublishAsync(package, release);
        var size = Closed(_scene.Open()).Content.Timestamp.Log.Size;

        Assert.AreEqual("registry.size", await Refusal(() => _scene.PublishAsync(package, [.. Enumerable.Range(0, 300).SelectMany(Filler)])));
        Assert.AreEqual(size, Closed(_scene.Open()).Content.Timestamp.Log.Size);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count(finding => finding.IsFault));
    }

    [TestMethod]
    public async Task StrangersWhoSpeakAgainstAPackage_FillNoRoomOfOthers()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        byte[] Against(int i) => _scene.Link(package, LogKeys.Of((byte)(100 + (i / 8))), LinkKind.Violation, [RegistryScene.IdOf(release)], json =>
        {
            json.WriteString("severity", "low");
            json.WriteString("reason", $"{i}{new string('x', 9_000)}");
        });
        var flooded = await _scene.PublishAsync(package, [.. release, .. Enumerable.Range(0, 80).SelectMany(Against)]);

        Assert.IsTrue(flooded.Links is > 5 and < 14, $"{flooded.Links}");
        using var registry = _scene.Open();
        var settings = new Skills.Inspection.InspectionSettings { Chain = new ChainRules { Narrators = [new ChainNarrator(Convert.ToHexStringLower(RegistryScene.Auditor.PublicKey), "lab", ChainRole.Auditor)] } };
        Assert.AreEqual(1, (await registry.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(release)), new PublishOptions { Inspection = settings }, default)).Logged);
    }

    [TestMethod]
    public async Task NameWithTwoDots_IsAName_AndTheRegistryCanBeReadAfterwards()
    {
        var package = new DemoPackage { Publisher = "ac..me" }.Build();
        await _scene.PublishAsync(package, _scene.Release(package));
        await _scene.AdviseAsync(AdvisoryAction.Kill);

        Assert.AreEqual("ac..me", Closed(_scene.Open()).Content.Delegations.Single().Publisher);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count(finding => finding.IsFault));
    }

    [TestMethod]
    public async Task IdOfASkill_StaysItsPublishers_WhenAllItsVersionsAreYanked()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        await _scene.AdviseAsync(AdvisoryAction.Yank);
        var (key, taken) = (LogKeys.Of(97), new DemoPackage { Publisher = "evil", Version = "9.0.0", Signer = LogKeys.Of(97) }.Build());

        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(taken, _scene.Release(taken, "9.0.0", key))));
    }

    [TestMethod]
    public async Task OldPackage_TakesAViolation_AfterItsPublisherChangedItsKey()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        await _scene.PublishAsync(package, release);
        var (key, next) = (LogKeys.Of(99), RegistryScene.Package("1.0.1", signer: LogKeys.Of(99)));
        await _scene.PublishAsync(next, _scene.Release(next, "1.0.1", key));

        Assert.AreEqual(1, (await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(release)), mayDelegate: false)).Logged);
        var last = RegistryScene.Package("1.0.2");
        Assert.AreEqual("registry.publisher", await Refusal(() => _scene.PublishAsync(last, _scene.Release(last, "1.0.2"), mayDelegate: false)), "which gives the old key nothing back");
    }

    [TestMethod]
    public async Task Uploads_OfOnePublisher_HaveAnEnd()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        var next = RegistryScene.Package("1.0.1");
        using var registry = _scene.Open();

        Assert.AreEqual("registry.size", await Refusal(() => registry.PublishAsync(next, _scene.Release(next, "1.0.1"), new PublishOptions { MaxVersions = 1 }, default)));
        Assert.AreEqual("registry.size", await Refusal(() => registry.PublishAsync(next, _scene.Release(next, "1.0.1"), new PublishOptions { MaxLogged = 1 }, default)));
        Assert.AreEqual(1, (await registry.PublishAsync(next, _scene.Release(next, "1.0.1"), new PublishOptions { MaxVersions = 2, MaxLogged = 2 }, default)).Logged);
    }

    [TestMethod]
    public async Task ProofOfASideTree_IsFound_ThoughTheLogsKeySignedIt()
    {
        var package = RegistryScene.Package();
        var published = await _scene.PublishAsync(package, _scene.Release(package));
        var place = _scene[published.Path + ".intoto.jsonl"];
        var lines = File.ReadAllLines(place);
        var link = Skills.Attestations.DsseEnvelope.Read(System.Text.Encoding.UTF8.GetBytes(lines[0]));
        var read = LinkProof.Read(System.Text.Encoding.UTF8.GetBytes(lines[1]))!;
        var leaf = SkillLogEntry.Read(LogReader.Split(File.ReadAllBytes(_scene["log/tile/entries/000.p/1"]), 1)[0].Span)!;
        var side = new FilesBelow(_scene.Files, "side");
        using (var log = LogWriter.Create(side, RegistryScene.Origin, _scene["../side-record"], RegistryScene.LogKey))
        {
            var note = log.Append([new byte[] { 1 }, leaf.Bytes]);
            log.Publish(note);
            var proof = new LogProof(1, await new LogReader(new PublicLogFiles(side), 2).ProveAsync(1, default), note, null);
            File.WriteAllBytes(place, [.. System.Text.Encoding.UTF8.GetBytes(lines[0] + "\n"), .. LinkProof.Line(read.Link, System.Text.Encoding.UTF8.GetBytes(proof.ToString()))]);
        }

        Assert.AreEqual(link.Id, read.Link);
        Assert.IsTrue((await _scene.AuditAsync()).Any(finding => finding.IsFault && finding.Message.Contains("no proof shows", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task BundleThatItsPublisherFilled_HasRoomForAViolation()
    {
        var package = RegistryScene.Package();
        var release = _scene.Release(package);
        byte[] Filler(int i) => _scene.Link(package, DemoPackage.Key, LinkKind.Authorship, [], json =>
        {
            json.WriteString("purl", "pkg:generic/acme.demo@1.0.0");
            json.WriteString("note", $"{i}{new string('x', 45_000)}");
        });
        Assert.AreEqual("registry.size", await Refusal(() => _scene.PublishAsync(package, [.. release, .. Enumerable.Range(0, 14).SelectMany(Filler)])));
        await _scene.PublishAsync(package, [.. release, .. Enumerable.Range(0, 8).SelectMany(Filler)]);

        Assert.AreEqual(1, (await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(release)))).Logged);
    }

    [TestMethod]
    public async Task KillOfAProcessThatEnded_Counts_AndTheNextThatWritesLogsIt()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));

        // The log cannot be written: it ends between what is said and what is logged.
        Directory.Move(_scene["log/tile/entries"], _scene["log/tile/gone"]);
        File.WriteAllText(_scene["log/tile/entries"], "in the way");
        try
        {
            await _scene.AdviseAsync(AdvisoryAction.Kill);
            Assert.Fail("the log was written");
        }
        catch (Exception e) when (e is IOException or SkillException or FormatException)
        {
            // As it was meant to.
        }

        File.Delete(_scene["log/tile/entries"]);
        Directory.Move(_scene["log/tile/gone"], _scene["log/tile/entries"]);
        Assert.AreEqual("kill", RegistryAdvisory.NameOf(Closed(_scene.Open()).Content.Advisories.Single().Action));
        var next = RegistryScene.Package("1.1.0");
        await _scene.PublishAsync(next, _scene.Release(next, "1.1.0"));

        StringAssert.Contains(RegistryScene.Text(_scene["log/tile/entries/000.p/3"]), "acme.demo 1.0.0");
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count(finding => finding.IsFault));
    }

    [TestMethod]
    public async Task PackageThatNobodyReleased_IsRefused()
    {
        var package = RegistryScene.Package();

        Assert.AreEqual("registry.unreleased", await Refusal(() => _scene.PublishAsync(package, [])));
        Assert.AreEqual("registry.unreleased", await Refusal(() => _scene.PublishAsync(package, _scene.Release(package, key: RegistryScene.Auditor))), "somebody else's word");
        Assert.IsFalse(Directory.Exists(_scene["packages"]));
    }

    [TestMethod]
    public async Task Version_IsPublishedOnce()
    {
        var (package, other) = (RegistryScene.Package(), RegistryScene.Package(description: "Another."));
        await _scene.PublishAsync(package, _scene.Release(package));

        Assert.AreEqual("registry.version-reused", await Refusal(() => _scene.PublishAsync(other, _scene.Release(other))));
        await _scene.AdviseAsync(AdvisoryAction.Yank);
        Assert.AreEqual("registry.version-reused", await Refusal(() => _scene.PublishAsync(other, _scene.Release(other))), "not even once it was yanked");
        Assert.AreEqual("registry.killed", await Refusal(() => _scene.PublishAsync(package, _scene.Release(package))));
    }

    [TestMethod]
    public async Task PackageThatIsBroken_IsRefusedByItsRoom_AndNothingIsShown()
    {
        var package = RegistryScene.Package();
        package[^30] ^= 1;

        StringAssert.Contains(await Refusal(() => _scene.PublishAsync(package, [])), ".");
        Assert.IsFalse(Directory.Exists(_scene["packages"]));
        Assert.AreEqual("1", $"{_scene.Open() switch { var registry => Closed(registry).Content.Timestamp.Version }}");
    }

    [TestMethod]
    public async Task WhatIsSaidAgainstAVersion_StandsInTheLog_AndIsOfferedNoMore()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        await _scene.AdviseAsync(AdvisoryAction.Advise);
        Assert.AreEqual(1, Closed(_scene.Open()).Content.Entries.Length);
        await _scene.AdviseAsync(AdvisoryAction.Kill);

        var content = Closed(_scene.Open()).Content;
        Assert.AreEqual((0, 2), (content.Entries.Length, content.Advisories.Length));
        Assert.AreEqual(RegistryScene.PayloadOf(package), content.Advisories[1].Payload);
        CollectionAssert.AreEqual(new[] { false }, (await _scene.AuditAsync()).Select(finding => finding.IsFault).ToArray(), "a file that is not offered is no fault");
        Assert.AreEqual("registry.unknown", await Refusal(() => _scene.AdviseAsync(AdvisoryAction.Yank, "9.9.9")));
    }

    [TestMethod]
    public async Task DirectoryPutBackFromAnOlderCopy_IsRefused_NotSignedOver()
    {
        var package = RegistryScene.Package();
        _scene.Copy("copy");
        await _scene.PublishAsync(package, _scene.Release(package));
        _scene.PutBack("copy");

        Assert.AreEqual("registry.rolled-back", Refusal(() => _scene.Open().Dispose()));
    }

    [TestMethod]
    public async Task WhatAProcessWasWritingWhenItEnded_IsWrittenToItsEnd()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        var record = _scene.Keys.Path + ".published";
        var (index, timestamp) = (File.ReadAllBytes(_scene["index.json"]), File.ReadAllBytes(_scene["timestamp.json"]));
        var (advisories, delegations) = (File.ReadAllBytes(_scene["advisories.intoto.jsonl"]), File.ReadAllBytes(_scene["delegations.intoto.jsonl"]));

        // As a process leaves it that ended between two files.
        var files = string.Join(',', new[] { ("index.json", index), ("advisories.intoto.jsonl", advisories), ("delegations.intoto.jsonl", delegations), ("timestamp.json", timestamp) }
            .Select(file => $"{{\"name\":\"{file.Item1}\",\"content\":\"{Convert.ToBase64String(file.Item2)}\"}}"));
        var signed = Closed(_scene.Open()).Content.Timestamp.Version;
        File.WriteAllText(record, $"{{\"version\":{signed},\"files\":[{files}]}}");
        File.WriteAllText(_scene["index.json"], "{}");
        File.Delete(_scene["timestamp.json"]);

        Assert.AreEqual(1, Closed(_scene.Open()).Content.Entries.Length);
        CollectionAssert.AreEqual(index, File.ReadAllBytes(_scene["index.json"]));
    }

    [TestMethod]
    [DataRow("index.json")]
    [DataRow("advisories.intoto.jsonl")]
    [DataRow("delegations.intoto.jsonl")]
    [DataRow("timestamp.json")]
    [DataRow("registry.json")]
    public async Task FileThatSomebodyEdited_IsFound(string name)
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        await _scene.AdviseAsync(AdvisoryAction.Advise);
        File.WriteAllBytes(_scene[name], [.. File.ReadAllBytes(_scene[name])[..^3], (byte)' ', (byte)'}', (byte)'\n']);

        StringAssert.Matches(await Refusal(() => _scene.AuditAsync()), new("^(registry|policy)[.]"));
    }

    [TestMethod]
    public async Task PackageBundleAndLogThatSomebodyEdited_AreFound()
    {
        var package = RegistryScene.Package();
        var published = await _scene.PublishAsync(package, _scene.Release(package));
        async Task Edited(string name, Func<byte[], byte[]> edit)
        {
            var before = File.ReadAllBytes(_scene[name]);
            File.WriteAllBytes(_scene[name], edit(before));
            Assert.IsTrue((await _scene.AuditAsync()).Any(finding => finding.IsFault), name);
            File.WriteAllBytes(_scene[name], before);
        }

        await Edited(published.Path, bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        await Edited(published.Path + ".intoto.jsonl", bytes => bytes[..(Array.IndexOf(bytes, (byte)'\n') + 1)]);
        await Edited("log/tile/entries/000.p/1", bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        await Edited("log/checkpoint", bytes => bytes[..^10]);
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public async Task Index_IsOneThatPalyraReads()
    {
        var package = RegistryScene.Package();
        await _scene.PublishAsync(package, _scene.Release(package));
        var page = RegistryPage.Read(File.ReadAllBytes(_scene["index.json"]), RegistryScene.Key.PublicKey);

        Assert.AreEqual("packages/acme/acme.demo-1.0.0.palyra-skill", page.Entries.Single().Artifact);
        Assert.IsNull(page.NextPage);
    }

    [TestMethod]
    public void Release_IsOfTheKindThatChainsBeginWith() => Assert.AreEqual("https://in-toto.io/attestation/release/v0.1", LinkKinds.TypeOf(LinkKind.Authorship));

    private static RegistryWriter Closed(RegistryWriter registry)
    {
        registry.Dispose();
        return registry;
    }
}
