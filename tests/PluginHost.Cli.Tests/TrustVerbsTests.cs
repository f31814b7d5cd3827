using System.Text.Json.Nodes;
using PluginHost.State;

namespace PluginHost.Cli.Tests;

[TestClass]
public sealed class TrustVerbsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trust").FullName;
    private readonly string _state;

    public TrustVerbsTests()
    {
        _state = Path.Combine(_folder, "state");
        StateRoot.Create(_state);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name) => Path.Combine(_folder, name);

    private string Generate(string name) => JsonNode.Parse(Invocation.Run(["keys", "generate", "--output", File(name), "--no-passphrase", "--json"]).Output)!["public_key"]!.GetValue<string>();

    private Invocation Trust(params string[] arguments) => Invocation.Run(["trust", .. arguments, "--state", _state]);

    [TestMethod]
    public void Publisher_IsAddedListedAndRemoved_OnRecord()
    {
        var key = Generate("a.pem");

        Assert.AreEqual(0, Trust("add", $"acme={key}", "--reason", "met at the fair").ExitCode);
        StringAssert.Contains(Trust("list").Words, $"acme listed {key}");
        Assert.AreEqual(0, Trust("remove", "acme", "--reason", "ended").ExitCode);
        StringAssert.StartsWith(Trust("list").Output, "nobody is trusted");
        var records = string.Concat(Directory.EnumerateFiles(Path.Combine(_state, "audit"), "*.jsonl").Select(System.IO.File.ReadAllText));
        StringAssert.Contains(records, "met at the fair");
        StringAssert.Contains(records, "\"event\":\"forgotten\"");
    }

    [TestMethod]
    [DataRow("Acme")]
    [DataRow("acme ")]
    [DataRow("аcme")]
    [DataRow("")]
    public void Publisher_HasOneSpelling(string publisher) => Assert.AreEqual(1, Trust("add", $"{publisher}={new string('a', 64)}", "--reason", "x").ExitCode);

    [TestMethod]
    public void Pin_ComesBeforeThePublisherIsMet_AndIsNotChangedByAnother()
    {
        var (one, other) = (Generate("a.pem"), Generate("b.pem"));

        Assert.AreEqual(0, Trust("pin", $"acme={one}", "--reason", "by phone").ExitCode);
        Assert.AreEqual(0, Trust("pin", $"acme={one}", "--reason", "again").ExitCode);
        StringAssert.Contains(Trust("list").Words, $"acme pinned {one}");
        Assert.AreEqual(2, Trust("pin", $"acme={other}", "--reason", "x").ExitCode);
        Assert.AreEqual(0, Trust("rotate", $"acme={other}", "--reason", "they called").ExitCode);
        StringAssert.Contains(Trust("list").Words, $"acme pinned {other}");
        Assert.AreEqual(2, Trust("rotate", $"nobody={other}", "--reason", "x").ExitCode);
    }

    [TestMethod]
    public void Pin_OfAListedPublisher_OfAnOperatorsKey_OrOfARevokedOne_IsRefused()
    {
        var (one, ops, gone) = (Generate("a.pem"), Generate("o.pem"), Generate("g.pem"));
        Trust("add", $"acme={one}", "--reason", "x");
        Trust("operator", "add", $"olga={ops}", "--reason", "x");
        Trust("revoke", "--key", gone, "--reason", "stolen");

        Assert.AreEqual(2, Trust("pin", $"acme={one}", "--reason", "x").ExitCode);
        Assert.AreEqual(2, Trust("pin", $"other={ops}", "--reason", "x").ExitCode);
        Assert.AreEqual(2, Trust("pin", $"other={gone}", "--reason", "x").ExitCode);
    }

    [TestMethod]
    public void Rotate_ToAKeyThatThePublisherRevoked_IsRefused()
    {
        var (first, second, third) = (Generate("a.pem"), Generate("b.pem"), Generate("c.pem"));
        Trust("pin", $"acme={first}", "--reason", "x");
        Invocation.Run("keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("b.pem"), "--revoke", first, "--reason", "compromised");
        Assert.AreEqual(0, Trust("apply", File("events"), "--reason", "x").ExitCode);

        Assert.AreEqual(2, Trust("rotate", $"acme={first}", "--reason", "x").ExitCode);
        Assert.AreEqual(0, Trust("rotate", $"acme={third}", "--reason", "x").ExitCode);
        var known = JsonNode.Parse(Trust("list", "--json").Output)!["ledger"]!["publishers"]!["acme"]!;
        StringAssert.Contains(known["revoked"]!.ToJsonString(), first, "what it revoked stays revoked");
        StringAssert.Contains(known["former"]!.ToJsonString(), second);
        Assert.AreEqual(2, Trust("rotate", $"acme={first}", "--reason", "x").ExitCode);

        // Whoever holds a former key signs nothing that is followed.
        Generate("d.pem");
        Invocation.Run("keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("b.pem"), "--new-key", File("d.pem"));
        Trust("apply", File("events"), "--reason", "x");
        StringAssert.Contains(Trust("list").Words, $"acme pinned {third}");
    }

    [TestMethod]
    public void NameOfAPublisher_InABundle_DrivesNoTerminal()
    {
        Generate("a.pem");
        Generate("b.pem");
        Invocation.Run("keys", "rotate", "--publisher", "acme\u001b[2J", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("b.pem"));
        if (System.IO.File.Exists(File("events")))
        {
            Assert.IsFalse(Trust("apply", File("events"), "--reason", "x").Output.Contains('\u001b'));
            Assert.IsFalse(Invocation.Run("keys", "event", File("events")).Output.Contains('\u001b'));
        }
    }

    [TestMethod]
    public void Rotate_OfSeveralListedKeys_NeedsTheOneThatIsFollowed()
    {
        var (one, other, next) = (Generate("a.pem"), Generate("b.pem"), Generate("c.pem"));
        Trust("add", $"acme={one}", "--reason", "x");
        Trust("add", $"acme={other}", "--reason", "x");

        Assert.AreEqual(2, Trust("rotate", $"acme={next}", "--reason", "x").ExitCode);
        Assert.AreEqual(0, Trust("rotate", $"acme={next}", "--from", one, "--reason", "x").ExitCode);
        var keys = JsonNode.Parse(Trust("list", "--json").Output)!["store"]!["trusted_publishers"]!["acme"]!.AsArray().Select(key => key!.ToString()).Order(StringComparer.Ordinal).ToArray();
        CollectionAssert.AreEqual(new[] { other, next }.Order(StringComparer.Ordinal).ToArray(), keys);
    }

    [TestMethod]
    public void ExportedStore_IsImportedElsewhere_AllOrNothing()
    {
        var (one, other, third) = (Generate("a.pem"), Generate("b.pem"), Generate("c.pem"));
        Trust("add", $"acme={one}", "--reason", "x");
        Trust("pin", $"beta={other}", "--reason", "x");
        Assert.AreEqual(0, Trust("export", "--output", File("store.json")).ExitCode);
        var elsewhere = Path.Combine(_folder, "elsewhere");
        StateRoot.Create(elsewhere);
        Invocation There(params string[] arguments) => Invocation.Run(["trust", .. arguments, "--state", elsewhere]);

        var imported = JsonNode.Parse(There("import", File("store.json"), "--reason", "from the office", "--json").Output)!;
        Assert.AreEqual((1, 1), (imported["listed"]!.GetValue<int>(), imported["pinned"]!.GetValue<int>()));
        Assert.AreEqual(JsonNode.Parse(Trust("list", "--json").Output)!["store"]!.ToJsonString(), JsonNode.Parse(There("list", "--json").Output)!["store"]!.ToJsonString());

        // One contradiction, and nothing of the rest is taken over.
        Trust("add", $"acme={third}", "--reason", "x");
        Trust("rotate", $"beta={third}", "--reason", "x");
        Trust("export", "--output", File("store.json"));
        var refused = There("import", File("store.json"), "--reason", "x");
        Assert.AreEqual(2, refused.ExitCode);
        StringAssert.Contains(refused.Error, "beta");
        Assert.DoesNotContain(third, There("list").Output);
    }

    [TestMethod]
    public void Export_OfOnePublisher_HoldsNothingElse()
    {
        var (one, other) = (Generate("a.pem"), Generate("b.pem"));
        Trust("add", $"acme={one}", "--reason", "x");
        Trust("add", $"beta={other}", "--reason", "x");

        Assert.AreEqual(0, Trust("export", "--output", File("store.json"), "--publisher", "beta").ExitCode);
        Assert.DoesNotContain("acme", System.IO.File.ReadAllText(File("store.json")));
        StringAssert.Contains(System.IO.File.ReadAllText(File("store.json")), other);
        Assert.AreEqual(1, Trust("export", "--output", File("none.json"), "--publisher", "gamma").ExitCode);
        Assert.IsFalse(System.IO.File.Exists(File("none.json")));
    }

    [TestMethod]
    public void KeysEvent_TellsWhichEventsAreFollowed()
    {
        Generate("a.pem");
        Generate("b.pem");
        Invocation.Run("keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("b.pem"));

        var run = Invocation.Run("keys", "event", File("events"), "--json");
        Assert.AreEqual(0, run.ExitCode, run.Output);
        var events = JsonNode.Parse(run.Output)!["events"]!.AsArray();
        CollectionAssert.AreEqual(new[] { 1L, 2L }, events.Select(one => one!["version"]!.GetValue<long>()).ToArray());

        // Without the first, nobody can follow the second.
        System.IO.File.WriteAllLines(File("cut"), System.IO.File.ReadAllLines(File("events"))[1..]);
        var cut = Invocation.Run("keys", "event", File("cut"));
        Assert.AreEqual(2, cut.ExitCode);
        StringAssert.Contains(cut.Output, "NOT FOLLOWED");
        System.IO.File.WriteAllText(File("none"), "no event");
        Assert.AreEqual(2, Invocation.Run("keys", "event", File("none")).ExitCode);
    }

    [TestMethod]
    public void Reason_IsNeeded() => Assert.AreEqual(1, Trust("add", $"acme={new string('a', 64)}").ExitCode);

    [TestMethod]
    public void EditedStore_IsAnAlarm_UntilTrustInit()
    {
        System.IO.File.WriteAllText(Path.Combine(_state, "trust", "trust-store.json"), "{\"trusted_publishers\":{\"evil\":[\"" + new string('a', 64) + "\"]}}");

        Assert.AreEqual(2, Trust("list").ExitCode);
        Assert.AreEqual(2, Trust("add", $"acme={new string('a', 64)}", "--reason", "x").ExitCode);
        Assert.AreEqual(0, Trust("init", "--reason", "edited by hand").ExitCode);
        StringAssert.StartsWith(Trust("list").Output, "nobody is trusted");
    }

    [TestMethod]
    public void PalyrasStore_CanBegin()
    {
        System.IO.File.WriteAllText(File("palyra.json"), "{\"trusted_publishers\":{},\"tofu_publishers\":{\"acme\":\"" + new string('b', 64) + "\"}}");

        Assert.AreEqual(0, Trust("init", "--from", File("palyra.json"), "--reason", "moving").ExitCode);
        StringAssert.Contains(Trust("list").Words, "acme pinned bbbb");
    }

    [TestMethod]
    public void Rotation_IsWrittenAndFollowed()
    {
        var (first, second) = (Generate("a.pem"), Generate("b.pem"));
        Generate("c.pem");
        System.IO.File.WriteAllText(File("palyra.json"), "{\"trusted_publishers\":{},\"tofu_publishers\":{\"acme\":\"" + first + "\"}}");
        Trust("init", "--from", File("palyra.json"), "--reason", "moving");

        Assert.AreEqual(0, Invocation.Run(["keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("b.pem"), "--revoke", first, "--reason", "compromised"]).ExitCode);
        StringAssert.Contains(Trust("apply", File("events"), "--reason", "announced").Output, "acme: key set 2");
        var listing = Trust("list").Words;
        StringAssert.Contains(listing, $"acme pinned {second}");
        StringAssert.Contains(listing, $"revoked key {first} compromised");
        Assert.AreEqual(2, Invocation.Run(["keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("c.pem")]).ExitCode, "the first key does not count any more");
        Assert.AreEqual(2, Invocation.Run(["keys", "rotate", "--publisher", "other", "--events", File("events"), "--key", File("b.pem"), "--new-key", File("a.pem")]).ExitCode, "another publisher's bundle");
    }

    [TestMethod]
    public void TwoEventsForOneVersion_FreezeThePublisher()
    {
        var first = Generate("a.pem");
        Generate("b.pem");
        Generate("c.pem");
        System.IO.File.WriteAllText(File("palyra.json"), "{\"trusted_publishers\":{},\"tofu_publishers\":{\"acme\":\"" + first + "\"}}");
        Trust("init", "--from", File("palyra.json"), "--reason", "moving");
        Invocation.Run(["keys", "rotate", "--publisher", "acme", "--events", File("one"), "--key", File("a.pem"), "--new-key", File("b.pem")]);
        Invocation.Run(["keys", "rotate", "--publisher", "acme", "--events", File("other"), "--key", File("a.pem"), "--new-key", File("c.pem")]);

        Assert.AreEqual(0, Trust("apply", File("one"), "--reason", "x").ExitCode);
        StringAssert.Contains(Trust("apply", File("other"), "--reason", "x").Output, "frozen");
        StringAssert.Contains(Trust("list").Output, "FROZEN");
    }

    [TestMethod]
    public void Cutoff_IsWrittenIntoAnEvent_AndNamesALogAndAnIndex()
    {
        var (one, other) = (Generate("a.pem"), Generate("b.pem"));
        string[] rotate = ["keys", "rotate", "--publisher", "acme", "--events", File("events"), "--key", File("a.pem"), "--new-key", File("b.pem")];
        var run = Invocation.Run([.. rotate, "--revoke", one, "--reason", "compromised", "--cutoff-log", "log.example/skills", "--cutoff-index", "4711"]);

        Assert.AreEqual(0, run.ExitCode, run.Error);
        var events = Invocation.Run("keys", "event", File("events"), "--json").Output;
        Assert.AreEqual("{\"log\":\"log.example/skills\",\"index\":4711}", JsonNode.Parse(events)!["events"]![1]!["revoked"]![0]!["cutoff"]!.ToJsonString());
        StringAssert.Contains(Invocation.Run("keys", "event", File("events")).Words, $"revokes {one}: compromised, but for what log.example/skills had before entry 4711");
        Assert.AreEqual(1, Invocation.Run([.. rotate, "--cutoff-log", "log.example/skills", "--cutoff-index", "1"]).ExitCode, "nothing is revoked");
        Assert.AreEqual(1, Invocation.Run([.. rotate, "--revoke", other, "--cutoff-log", "log.example/skills"]).ExitCode);
        Assert.AreEqual(1, Trust("revoke", "--key", one, "--reason", "x", "--cutoff-index", "1").ExitCode);
        Assert.AreEqual(1, Trust("revoke", "--key", one, "--reason", "x", "--cutoff-log", "log example", "--cutoff-index", "1").ExitCode);
        Assert.AreEqual(1, Trust("revoke", "--payload", one, "--reason", "x", "--cutoff-log", "log.example", "--cutoff-index", "1").ExitCode);
    }

    [TestMethod]
    public void Revocation_NeedsExactlyOneThing() => Assert.AreEqual(1, Trust("revoke", "--reason", "x").ExitCode);

    [TestMethod]
    public void RevocationList_IsSignedAndApplied_ByEnoughOperators()
    {
        var (one, other, stolen) = (Generate("a.pem"), Generate("b.pem"), Generate("c.pem"));
        System.IO.File.WriteAllText(File("list.json"), "{\"sequence\":1,\"keys\":[{\"key\":\"ed25519:" + stolen + "\",\"reason\":\"stolen\",\"valid_payloads\":[]}],\"payloads\":[]}");

        Assert.AreEqual(0, Invocation.Run(["trust", "sign", File("list.json"), "--key", File("a.pem"), "--key", File("b.pem"), "--output", File("list.dsse")]).ExitCode);
        Assert.AreEqual(2, Trust("revoke", "--list", File("list.dsse"), "--operator-key", one, "--operator-key", one, "--threshold", "2", "--reason", "x").ExitCode);
        Assert.AreEqual(0, Trust("revoke", "--list", File("list.dsse"), "--operator-key", one, "--operator-key", other, "--threshold", "2", "--reason", "x").ExitCode);
        StringAssert.Contains(Trust("list").Words, $"revoked key {stolen} stolen");
        Assert.AreEqual(2, Trust("revoke", "--list", File("list.dsse"), "--operator-key", one, "--reason", "x").ExitCode, "a list counts once");
        Assert.AreEqual(0, Trust("init", "--reason", "x").ExitCode);
        StringAssert.Contains(Trust("list").Words, $"revoked key {stolen} stolen", "revocations outlive the store");
    }

    [TestMethod]
    public void VerbsThatLook_WriteNothing()
    {
        var package = Path.Combine(AppContext.BaseDirectory, "looked-at.palyra-skill");
        System.IO.File.WriteAllBytes(package, [.. "no package"u8]);
        var before = Snapshot();

        Trust("list");
        foreach (var verb in new[] { new[] { "skills", "package", "verify" }, ["skills", "audit"] })
        {
            Invocation.Run([.. verb, "--artifact", package, "--allow-tofu", "--state", _state]);
            Invocation.Run([.. verb, "--artifact", Greeter(), "--allow-tofu", "--state", _state]);
        }

        Invocation.Run(["skills", "package", "inspect", "--artifact", Greeter()]);
        CollectionAssert.AreEqual(before, Snapshot());
    }

    private string[] Snapshot() => [.. Directory.EnumerateFileSystemEntries(_state, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => $"{path} {(System.IO.File.Exists(path) ? Convert.ToHexString(System.IO.File.ReadAllBytes(path)) : "")}")];

    private static string Greeter()
    {
        var folder = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(folder, "PluginHost.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "fixtures", "skills", "greeter.palyra-skill");
    }
}
