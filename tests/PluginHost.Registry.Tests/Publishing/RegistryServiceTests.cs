using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using PluginHost.Hosting;
using PluginHost.Registry.Publishing;
using PluginHost.Registry.Service;
using PluginHost.Registry.Tests.Log;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Tests.Artifacts;
using PluginHost.Skills.Transparency;
using PluginHost.Skills.Trust;

namespace PluginHost.Registry.Tests.Publishing;

/// <summary>A registry behind HTTP.</summary>
[TestClass]
public sealed class RegistryServiceTests : IAsyncDisposable
{
    private System.Collections.Immutable.ImmutableArray<ChainNarrator> _narrators = [];
    private readonly RegistryScene _scene = new();
    private readonly HttpClient _client = new();
    private RegistryUploads? _uploads;
    private WebApplication? _service;

    public RegistryServiceTests() => _scene.Create().Dispose();

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _uploads?.Dispose();
        _client.Dispose();
        _scene.Dispose();
    }

    private static string Key => Convert.ToHexStringLower(DemoPackage.Key.PublicKey);

    private async Task<Uri> StartAsync(bool takesUploads = false)
    {
        _uploads = takesUploads ? new RegistryUploads(() => _scene.Files, _scene.Keys, new PublishOptions(), _scene.Time) : null;
        var view = new TrustView(TrustStore.Empty, TrustLedger.Empty);
        _service = RegistryServer.Create(
            _scene.Files, new Uri("http://127.0.0.1:0"),
            (package, bundle) => PackageJudgement.Of(package, bundle, new InspectionSettings { Chain = new ChainRules { Narrators = _narrators, Logs = LogPolicy.Empty.With(RegistryScene.LogName) } }, view, new TrustRules { AllowFirstUse = true, Now = _scene.Time.GetUtcNow() }), _uploads, [], [], _scene.Time);
        await _service.StartAsync();
        return new Uri(_service.Urls.Single() + "/");
    }

    private async Task<byte[]> PublishAsync(string version = "1.0.0", string description = "Runs.")
    {
        var package = RegistryScene.Package(version, description);
        await _scene.PublishAsync(package, _scene.Release(package, version));
        return package;
    }

    private async Task<string> Refusal(Uri address, byte[] package, byte[] bundle, SigningKey key)
    {
        try
        {
            await RegistryUploadClient.PublishAsync(address, package, bundle, key, null, _scene.Time, default);
            return "";
        }
        catch (SkillException e)
        {
            return e.Code;
        }
    }

    [TestMethod]
    public async Task Files_AreHandedOutAsTheyAre()
    {
        var package = await PublishAsync();
        var address = await StartAsync();

        CollectionAssert.AreEqual(package, await _client.GetByteArrayAsync(new Uri(address, "packages/acme/acme.demo-1.0.0.palyra-skill")));
        foreach (var name in new[] { "index.json", "timestamp.json", "advisories.intoto.jsonl", "delegations.intoto.jsonl", "registry.json", "log/checkpoint", "log/tile/0/000.p/1" })
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(_scene[name]), await _client.GetByteArrayAsync(new Uri(address, name)), name);
        }

        using var head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(address, "index.json")));
        Assert.AreEqual(HttpStatusCode.OK, head.StatusCode);
    }

    [TestMethod]
    [DataRow("registry.pem")]
    [DataRow("packages/..%2findex.json")]
    [DataRow("packages/.hidden")]
    [DataRow("log//checkpoint")]
    [DataRow("%2e%2e/registry.pem.published")]
    [DataRow("packages/acme%00.palyra-skill")]
    [DataRow("other")]
    public async Task WhatIsNotTheRegistrys_IsNotThere(string path)
    {
        await PublishAsync();
        File.WriteAllText(_scene["registry.pem"], "secret");
        Directory.CreateDirectory(_scene["packages"]);
        File.WriteAllText(_scene["packages/.hidden"], "secret");
        var address = await StartAsync();
        using var answer = await _client.GetAsync(new Uri(address.AbsoluteUri + path));

        Assert.IsTrue(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{answer.StatusCode}");
    }

    [TestMethod]
    public async Task Page_ListsWhatIsOffered_AndFinds()
    {
        await PublishAsync();
        await PublishAsync("1.1.0");
        var address = await StartAsync();
        var page = await _client.GetStringAsync(address);

        StringAssert.Contains(page, "<a href=\"/skills/acme.demo/1.1.0\">acme.demo</a>");
        StringAssert.Contains(page, "fresh until");
        StringAssert.Contains(await _client.GetStringAsync(new Uri(address, "?q=nothing")), "0 skills");
        StringAssert.Contains(await _client.GetStringAsync(new Uri(address, "?q=DEMO")), "1 skills");
    }

    [TestMethod]
    public async Task Page_TellsOfAVersion_ItsChainScoreAndLog()
    {
        await PublishAsync();
        var address = await StartAsync();
        var page = await _client.GetStringAsync(new Uri(address, "skills/acme.demo/1.0.0"));

        StringAssert.Contains(page, "class=\"score\"");
        StringAssert.Contains(page, "da&#x27;if");
        StringAssert.Contains(page, "released as pkg:generic/acme.demo@1.0.0");
        StringAssert.Contains(page, "On public record");
        StringAssert.Contains(page, "--skill-id acme.demo --version 1.0.0");
        using var unknown = await _client.GetAsync(new Uri(address, "skills/acme.demo/9.0.0"));
        Assert.AreEqual(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [TestMethod]
    public async Task Page_ShowsWhatStrangersHaveAgainstIt_AndItsPlaceInTheLog()
    {
        var package = await PublishAsync();
        await _scene.PublishAsync(package, _scene.Violation(package, RegistryScene.IdOf(_scene.Release(package)), LogKeys.Of(66)));
        var address = await StartAsync();
        var page = await _client.GetStringAsync(new Uri(address, "skills/acme.demo/1.0.0"));

        StringAssert.Contains(page, "it says: malicious: it sends the input away");
        StringAssert.Contains(page, " (does not count)</td><td>" + RegistryScene.Origin + ", entry 1</td>");
        StringAssert.Contains(page, RegistryScene.Origin + ", entry 0</td>");
    }

    [TestMethod]
    public async Task Page_ShowsAlongWhomTrustFlows()
    {
        _narrators = [new ChainNarrator(Convert.ToHexStringLower(RegistryScene.Auditor.PublicKey), "lab", ChainRole.Auditor)];
        var package = await PublishAsync();
        var violation = _scene.Violation(package, RegistryScene.IdOf(_scene.Release(package)));
        await _scene.PublishAsync(package, violation);
        var page = await _client.GetStringAsync(new Uri(await StartAsync(), "skills/acme.demo/1.0.0"));

        StringAssert.Contains(page, $"<h2>Trust flows to what speaks against it along</h2><ul><li>1000  auditor lab -&gt; malicious: it sends the input away ({RegistryScene.IdOf(violation)[..16]})</li></ul>");
    }

    [TestMethod]
    public async Task Page_ShowsWhatStrangersWroteAsText()
    {
        await PublishAsync();
        await _scene.AdviseAsync(AdvisoryAction.Advise, reason: "<script>alert(1)</script>\u202E");
        var address = await StartAsync();
        foreach (var path in new[] { "", "?q=%3Cscript%3Ealert(2)%3C%2Fscript%3E", "skills/acme.demo/1.0.0" })
        {
            using var answer = await _client.GetAsync(new Uri(address, path));
            var page = await answer.Content.ReadAsStringAsync();
            Assert.IsFalse(page.Contains("<script", StringComparison.OrdinalIgnoreCase), path);
            Assert.IsFalse(page.Contains('\u202E', StringComparison.Ordinal), path);
            StringAssert.Contains(answer.Headers.GetValues("Content-Security-Policy").Single(), "default-src 'none'");
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public async Task KilledVersion_IsToldWithItsReason(bool wasYanked)
    {
        await PublishAsync();
        if (wasYanked)
        {
            await _scene.AdviseAsync(AdvisoryAction.Yank);
        }

        await _scene.AdviseAsync(AdvisoryAction.Kill);
        var address = await StartAsync();

        StringAssert.Contains(await _client.GetStringAsync(address), "it steals");
        using var gone = await _client.GetAsync(new Uri(address, "skills/acme.demo/1.0.0"));
        StringAssert.Contains(await gone.Content.ReadAsStringAsync(), "(kill: it steals");
        Assert.AreEqual(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [TestMethod]
    public async Task Upload_OfAPublisherThatIsKnown_IsTaken()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");

        Assert.AreEqual("", await Refusal(address, next, _scene.Release(next, "1.1.0"), DemoPackage.Key));
        StringAssert.Contains(await _client.GetStringAsync(address), "1.1.0");
        Assert.AreEqual(0, (await _scene.AuditAsync()).Count);
    }

    [TestMethod]
    public async Task Upload_OfAnybodyElse_IsRefused()
    {
        var first = await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var (thief, next, stolen) = (LogKeys.Of(99), RegistryScene.Package("1.1.0"), RegistryScene.Package("1.2.0", signer: LogKeys.Of(99)));

        Assert.AreEqual("registry.publisher", await Refusal(address, next, _scene.Release(next, "1.1.0"), thief), "somebody who has a copy of the package");
        Assert.AreEqual("registry.publisher", await Refusal(address, stolen, _scene.Release(stolen, "1.2.0", thief), thief), "another key under the name");
        Assert.AreEqual("registry.unreleased", await Refusal(address, next, [], DemoPackage.Key));
        Assert.AreEqual("registry.version-reused", await Refusal(address, RegistryScene.Package(description: "Another."), _scene.Release(first), DemoPackage.Key));
        Assert.AreEqual(1, _scene.Files.List("packages").Count(path => path.EndsWith(".palyra-skill", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task Upload_ToAHostThatNobodyNamed_IsRefused_WhateverItSays()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");
        var bundle = _scene.Release(next, "1.1.0");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(UploadStatement.Of("test", "another.example", Key, next, bundle, _scene.Time.GetUtcNow()).Sign(DemoPackage.Key)), "upload", "upload" },
            { new ByteArrayContent(next), "package", "package" },
            { new ByteArrayContent(bundle), "bundle", "bundle" },
        };

        // A relay hands on what was signed for it, its own name included.
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "publish")) { Content = form };
        request.Headers.Host = "another.example";
        using var answer = await _client.SendAsync(request);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "--host");
    }

    [TestMethod]
    public async Task Upload_SignedForAnotherHost_IsNotHandedOn()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");
        var bundle = _scene.Release(next, "1.1.0");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(UploadStatement.Of("test", "another.example", Key, next, bundle, _scene.Time.GetUtcNow()).Sign(DemoPackage.Key)), "upload", "upload" },
            { new ByteArrayContent(next), "package", "package" },
            { new ByteArrayContent(bundle), "bundle", "bundle" },
        };
        using var answer = await _client.PostAsync(new Uri(address, "publish"), form);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "registry.publisher");
    }

    [TestMethod]
    public async Task Upload_SignedLongAgo_IsRefused()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(UploadStatement.Of("test", address.Authority, Key, next, _scene.Release(next, "1.1.0"), _scene.Time.GetUtcNow().AddHours(-1)).Sign(DemoPackage.Key)), "upload", "upload" },
            { new ByteArrayContent(next), "package", "package" },
            { new ByteArrayContent([]), "bundle", "bundle" },
        };
        using var answer = await _client.PostAsync(new Uri(address, "publish"), form);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "registry.publisher");
    }

    [TestMethod]
    public async Task Upload_OfSomebodyWhomTheRegistryDoesNotKnow_IsRefusedBeforeItsPackageIsRead()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var stranger = LogKeys.Of(99);
        var statement = Encoding.UTF8.GetString(UploadStatement.Of("test", address.Authority, Convert.ToHexStringLower(stranger.PublicKey), [], [], _scene.Time.GetUtcNow()).Sign(stranger));
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"POST /publish HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n"
            + $"--b\r\nContent-Disposition: form-data; name=upload\r\n\r\n{statement}\r\n--b\r\nContent-Disposition: form-data; name=package\r\n\r\n"));

        // Nothing of the package is ever sent.
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));

        StringAssert.StartsWith(answer, "HTTP/1.1 422");
        StringAssert.Contains(answer, "registry.publisher");
    }

    [TestMethod]
    [DataRow(new[] { "package", "upload", "bundle" }, "registry.form")]
    [DataRow(new[] { "upload", "bundle", "package" }, "registry.form")]
    [DataRow(new[] { "upload", "package" }, "registry.form")]
    [DataRow(new string[0], "registry.form")]
    public async Task Upload_WithPartsInAnotherOrder_IsRefused(string[] names, string code)
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");
        var bundle = _scene.Release(next, "1.1.0");
        using var form = new MultipartFormDataContent("----parts");
        foreach (var name in names)
        {
            form.Add(new ByteArrayContent(name switch { "package" => next, "bundle" => bundle, _ => UploadStatement.Of("test", address.Authority, Key, next, bundle, _scene.Time.GetUtcNow()).Sign(DemoPackage.Key) }), name, name);
        }

        using var answer = await _client.PostAsync(new Uri(address, "publish"), form);

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), code);
    }

    [TestMethod]
    public async Task Upload_ThatNamesAKeyItWasNotSignedWith_IsRefused()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var next = RegistryScene.Package("1.1.0");
        var bundle = _scene.Release(next, "1.1.0");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(UploadStatement.Of("test", address.Authority, Key, next, bundle, _scene.Time.GetUtcNow()).Sign(LogKeys.Of(99))), "upload", "upload" },
            { new ByteArrayContent(next), "package", "package" },
            { new ByteArrayContent(bundle), "bundle", "bundle" },
        };
        using var answer = await _client.PostAsync(new Uri(address, "publish"), form);

        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "registry.publisher");
    }

    [TestMethod]
    public async Task Upload_WhoseFilesAreOthersThanWereSignedFor_IsRefused()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var (signed, sent) = (RegistryScene.Package("1.1.0"), RegistryScene.Package("1.2.0"));
        var bundle = _scene.Release(sent, "1.2.0");
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(UploadStatement.Of("test", address.Authority, Key, signed, bundle, _scene.Time.GetUtcNow()).Sign(DemoPackage.Key)), "upload", "upload" },
            { new ByteArrayContent(sent), "package", "package" },
            { new ByteArrayContent(bundle), "bundle", "bundle" },
        };
        using var answer = await _client.PostAsync(new Uri(address, "publish"), form);

        StringAssert.Contains(await answer.Content.ReadAsStringAsync(), "other files");
    }

    [TestMethod]
    public async Task Upload_WhereNoneAreTaken_IsToldSo()
    {
        var address = await StartAsync();
        var package = RegistryScene.Package();
        var failed = await Assert.ThrowsExactlyAsync<IOException>(() => RegistryUploadClient.PublishAsync(address, package, [], DemoPackage.Key, null, _scene.Time, default));

        StringAssert.Contains(failed.Message, "takes no uploads");
    }

    [TestMethod]
    public async Task Uploads_AreBoundedInNumberAndForm()
    {
        await PublishAsync();
        var address = await StartAsync(takesUploads: true);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 8; i++)
        {
            using var content = new StringContent("junk", Encoding.UTF8, "text/plain");
            using var answer = await _client.PostAsync(new Uri(address, "publish"), content);
            statuses.Add(answer.StatusCode);
        }

        Assert.AreEqual(HttpStatusCode.UnprocessableEntity, statuses[0]);
        Assert.AreEqual(HttpStatusCode.TooManyRequests, statuses[^1]);
        StringAssert.Contains(await _client.GetStringAsync(address), "acme.demo", "who only reads goes on");
    }

    [TestMethod]
    public async Task Tiles_AreKept_AndWhatChangesIsNot()
    {
        await PublishAsync();
        var address = await StartAsync();
        using var tile = await _client.GetAsync(new Uri(address, "log/tile/entries/000.p/1"));
        using var checkpoint = await _client.GetAsync(new Uri(address, "log/checkpoint"));
        using var timestamp = await _client.GetAsync(new Uri(address, "timestamp.json"));

        Assert.AreEqual(("public, max-age=31536000, immutable", "no-cache", "no-cache"), (tile.Headers.CacheControl!.ToString().Contains("immutable", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "", checkpoint.Headers.CacheControl!.ToString(), timestamp.Headers.CacheControl!.ToString()));
    }

    [TestMethod]
    public async Task RegistryThatIsBroken_IsToldAsNotNow()
    {
        await PublishAsync();
        var address = await StartAsync();
        File.WriteAllText(_scene["timestamp.json"], "{}");
        using var answer = await _client.GetAsync(address);

        Assert.AreEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }
}
