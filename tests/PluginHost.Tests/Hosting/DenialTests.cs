using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Skills;
using PluginHost.Tests.Audit;
using PluginHost.Tests.Extism;

namespace PluginHost.Tests.Hosting;

/// <summary>What a person is told of a denial, what a model is, and what can be proven and counted afterwards.</summary>
[TestClass]
public sealed class DenialTests : IDisposable
{
    private const string File = "[http.api]\nhost = \"a.test\"\nmethods = [\"POST\"]\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Package(string url = "https://a.test/", string more = "") => new TestPackage
    {
        Manifest = "[capabilities]\nhttp_egress_allowlist = [\"a.test\"]\n",
        Capabilities = File + more,
        Modules = new() { ["m"] = GuestText.Of($"(drop (call $http {{«\"url\":\"{url}\"»}} (i64.const 0)))") },
    }.Write(_folder);

    private static JsonElement Demand(FaultyStore sink) => System.Text.Encoding.UTF8.GetString(sink.Taken.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement).Single(record => record.GetProperty("type").GetString() == "demand");

    [TestMethod]
    public async Task Denial_NamesRuleAndPlace_TheSameInExceptionReceiptRecordAndJson()
    {
        var sink = new FaultyStore();
        await using var host = TestHosts.Create(options => options.Audit.Sink = sink);
        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(Package()).CallAsync("acme.run", ""));

        Assert.AreEqual("assets/capabilities.toml:2", denied.Denial.Place);
        StringAssert.Contains(denied.Rule, "GET");
        StringAssert.Contains(denied.Message, "[assets/capabilities.toml:2]");
        Assert.AreEqual(denied.Denial, denied.Receipt!.Denials.Single());
        var record = Demand(sink);
        var json = JsonDocument.Parse(denied.Denial.ToJson()).RootElement;
        foreach (var name in new[] { "capability", "resource", "decision", "rule", "code", "place", "allow" })
        {
            Assert.AreEqual(json.GetProperty(name).GetString(), record.GetProperty(name).GetString(), name);
        }

        Assert.AreEqual("capability.denied: the tool tried something that it is not allowed to do.", denied.ForModel);
        Assert.IsFalse(denied.ForModel.Contains("a.test", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Place_IsThePolicys_WhereItWithdraws()
    {
        System.IO.File.WriteAllText(_folder["policy.toml"], "schema = 1\n\nwithdrawn = [\"http.egress\"]\n");
        var options = SkillHostOptions.FromPolicy(_folder["policy.toml"]);
        options.TrustedPublishers["acme"] = [Convert.ToHexStringLower(TestHosts.Key.PublicKey)];
        options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Accept);
        await using var host = SkillHost.Create(options);

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(Package()).CallAsync("acme.run", ""));

        Assert.AreEqual("policy.toml:3", denied.Denial.Place);
    }

    [TestMethod]
    public async Task Place_OfAHostThatIsNotAsked_IsTheSection()
    {
        await using var host = TestHosts.Create();

        var denied = await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(Package("https://b.test/", "[variables]\nmax_bytes = 5\n")).CallAsync("acme.run", ""));

        Assert.AreEqual("assets/capabilities.toml:2", denied.Denial.Place);
    }

    [TestMethod]
    public async Task Receipt_TellsWhatTheHostDidForTheCall()
    {
        await using var host = TestHosts.Create();
        var skill = host.LoadSkill(new TestPackage { Modules = new() { ["m"] = GuestText.Of("(call $log {hello}) (call $log {you}) (call $out {out})") } }.Write(_folder));

        var receipt = (await skill.CallAsync("acme.run", "in")).Receipt;

        Assert.AreEqual(new HostCallTotal(2, 8, 0), receipt.HostCalls[Capability.Log]);
        Assert.AreEqual((2L, 3L), (receipt.BytesIn, receipt.BytesOut));
        Assert.IsTrue(receipt.HostTime <= receipt.Time);
    }

    [TestMethod]
    public async Task FloodOfRecords_EndsTheCallsOfOneSkill_AndNobodyElses()
    {
        var sink = new FaultyStore();
        await using var host = TestHosts.Create(options =>
        {
            options.Audit.SkillBytesPerMinute = 65_536;
            options.Audit.Sink = sink;
        });
        var flood = host.LoadSkill(Package("https://b.test/"));
        var other = host.LoadSkill(new TestPackage { Id = "acme.other" }.Write(_folder));
        var codes = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            codes.Add((await Assert.ThrowsAsync<SkillException>(() => flood.CallAsync("acme.run", ""))).Code);
        }

        Assert.AreEqual("capability.denied", codes[0]);
        Assert.AreEqual("limit.audit", codes[^1]);
        Assert.AreEqual("x", (await other.CallAsync("acme.run", "x")).Text);
        Assert.IsLessThan(200_000L, sink.Taken.Length, "what is refused leaves no record of its own");
    }

    [TestMethod]
    public async Task LogThatTakesNothing_LetsNoCallBegin_AndThenTheyGoOn()
    {
        var sink = new FaultyStore();
        await using var host = TestHosts.Create(options => options.Audit.Sink = sink);
        var skill = host.LoadSkill(new TestPackage().Write(_folder));
        sink.Fails = true;
        await skill.CallAsync("acme.run", "the first is found out by its receipt, which is kept");
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual("state.audit-failed", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => skill.CallAsync("acme.run", "x"))).Code);
        }

        sink.Fails = false;
        await skill.CallAsync("acme.run", "x");
        Assert.IsTrue(AuditVerifier.Verify(new MemoryStream(sink.Taken.ToArray()), host.AuditHead).EndProven);
    }

    [TestMethod]
    public async Task HostThatCannotWriteItsLastRecords_SaysSo()
    {
        var sink = new FaultyStore();
        var host = TestHosts.Create(options => options.Audit.Sink = sink);
        var skill = host.LoadSkill(new TestPackage().Write(_folder));
        sink.Fails = true;
        await skill.CallAsync("acme.run", "x");

        Assert.AreEqual("state.audit-failed", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => host.DisposeAsync().AsTask())).Code);
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task ThousandCallsOverFiftySkills_EachGetItsOwnAnswer_AndItsRecords()
    {
        const int skills = 50, each = 20;
        var sink = new FaultyStore();
        await using var host = TestHosts.Create(options =>
        {
            options.Audit.Sink = sink;
            options.Limits.ConcurrentCalls = skills * each;
            options.Limits.ConcurrentCallsPerSkill = each;
        });
        var module = GuestText.Of("(call $log {x}) (call $output_set (call $input) (call $length (call $input)))");
        var loaded = Enumerable.Range(0, skills).Select(i => host.LoadSkill(new TestPackage { Id = $"acme.s{i}", Modules = new() { ["m"] = module } }.Write(_folder))).ToList();

        await Task.WhenAll(loaded.SelectMany((skill, i) => Enumerable.Range(0, each).Select(async j =>
            Assert.AreEqual($"{i} {j}", (await skill.CallAsync("acme.run", $"{i} {j}", new CallContext { Session = $"{i} {j}" })).Text))));

        var records = System.Text.Encoding.UTF8.GetString(sink.Taken.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        foreach (var type in new[] { "demand", "call" })
        {
            var seen = records.Where(record => record.GetProperty("type").GetString() == type).ToList();
            Assert.HasCount(skills * each, seen);
            Assert.HasCount(skills * each, seen.Select(record => record.GetProperty("call").GetString()).Distinct().ToList());
            Assert.IsTrue(seen.TrueForAll(record => record.GetProperty("context").GetProperty("session").GetString()!.Split(' ')[0] == record.GetProperty("skill").GetString()!["acme.s".Length..]));
        }

        Assert.IsTrue(AuditVerifier.Verify(new MemoryStream(sink.Taken.ToArray()), host.AuditHead).EndProven);
    }

    [TestMethod]
    public async Task Telemetry_CountsCallsAndEffects_WithoutTagsOfGuests()
    {
        var tags = new HashSet<string>();
        var instruments = new HashSet<string>();
        var activities = new List<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (instrument.Meter.Name == "PluginHost") self.EnableMeasurementEvents(instrument); } };
        void Seen(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> found)
        {
            lock (tags)
            {
                instruments.Add(instrument.Name);
                foreach (var tag in found)
                {
                    tags.Add($"{tag.Key}={tag.Value}");
                }
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, _, found, _) => Seen(instrument, found));
        listener.SetMeasurementEventCallback<double>((instrument, _, found, _) => Seen(instrument, found));
        listener.Start();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "PluginHost",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (activities)
                {
                    activities.Add($"{activity.OperationName} {activity.GetTagItem("pluginhost.outcome")}");
                }
            },
        };
        ActivitySource.AddActivityListener(traces);
        await using var host = TestHosts.Create();
        await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => host.LoadSkill(Package("https://guest-chosen.test/")).CallAsync("acme.run", ""));

        lock (tags)
        {
            CollectionAssert.IsSubsetOf(new[] { "pluginhost.call.duration", "pluginhost.host_calls", "pluginhost.loads" }, instruments.ToArray());
            CollectionAssert.Contains(tags.ToArray(), "pluginhost.capability=http.egress");
            Assert.IsFalse(tags.Any(tag => tag.Contains("guest-chosen", StringComparison.Ordinal)));
        }

        lock (activities)
        {
            CollectionAssert.IsSubsetOf(new[] { "skill.load ok", "skill.call capability.denied" }, activities);
        }
    }
}
