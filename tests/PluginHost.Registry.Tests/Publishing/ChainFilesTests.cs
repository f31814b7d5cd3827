using System.Globalization;
using PluginHost.Registry.Tests.Log;
using PluginHost.Skills.Chain;
using PluginHost.State;

namespace PluginHost.Registry.Tests.Publishing;

/// <summary>Files that a policy names for chains, changed while a host runs.</summary>
[TestClass]
public sealed class ChainFilesTests : IDisposable
{
    private readonly RegistryScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [TestMethod]
    public async Task VouchThatIsAddedWhileTheHostRuns_CountsAtTheNextLoad()
    {
        var (voucher, auditor) = (LogKeys.Of(91), LogKeys.Of(92));
        var package = RegistryScene.Package();
        var (file, trust, logs) = (Path.Combine(_scene.Folder, "demo.palyra-skill"), Path.Combine(_scene.Folder, "trust.intoto.jsonl"), Path.Combine(_scene.Folder, "log-policy"));
        var release = _scene.Release(package);
        var review = _scene.Link(package, auditor, LinkKind.Review, [RegistryScene.IdOf(release)], json =>
        {
            json.WriteStartObject("verifier");
            json.WriteString("id", "https://auditor.example");
            json.WriteStartArray("policies");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("timeCreated", _scene.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            json.WriteStartArray("properties");
            json.WriteStringValue("urn:pluginhost:review:v1:REVIEWED_SOURCE");
            json.WriteEndArray();
        });
        File.WriteAllBytes(file, package);
        File.WriteAllBytes(file + ".intoto.jsonl", [.. release, .. review]);
        File.WriteAllText(trust, "");
        File.WriteAllText(logs, "quorum none\n");
        var options = new SkillHostOptions { AllowTrustOnFirstUse = true, StateDirectory = _scene.State, Time = _scene.Time, Consent = (request, _) => new(request.Publisher == "acme" ? ConsentDecision.Accept : ConsentDecision.Refuse) };
        options.Chain.TrustBundleFile = trust;
        options.Chain.LogPolicyFile = logs;
        options.Chain.Narrators.Add(new SkillNarrator(Convert.ToHexStringLower(voucher.PublicKey), "desk", "voucher"));
        options.Chain.Requirements[SkillExposure.Low] = new ChainRequirement { Auditors = 1 };
        StateRoot.Create(_scene.State);
        await using var host = SkillHost.Create(options);

        var refused = await Assert.ThrowsAsync<Skills.SkillException>(() => host.LoadSkillAsync(file));
        File.WriteAllText(logs, "nonsense");
        var torn = await Assert.ThrowsExactlyAsync<SkillStateException>(() => host.LoadSkillAsync(file));
        File.WriteAllText(logs, "quorum none\n");
        File.WriteAllBytes(trust, [.. new ChainWriter(voucher, [], _scene.Time.GetUtcNow(), 1).AboutKey(Convert.ToHexStringLower(auditor.PublicKey), json =>
        {
            json.WriteStartObject("target");
            json.WriteString("kind", "key");
            json.WriteString("key", "ed25519:" + Convert.ToHexStringLower(auditor.PublicKey));
            json.WriteEndObject();
            json.WriteString("level", "high");
            json.WriteStartArray("scope");
            json.WriteStringValue("auditor");
            json.WriteEndArray();
            json.WriteString("expires", _scene.Time.GetUtcNow().AddYears(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }), (byte)'\n']);
        await using var skill = await host.LoadSkillAsync(file);

        Assert.AreEqual(("state.policy", true), (torn.Code, refused.Code.StartsWith("policy.", StringComparison.Ordinal)), refused.Code);
    }
}
