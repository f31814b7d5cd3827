using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Skills;
using PluginHost.State;
using PluginHost.Tests.Hosting;

namespace PluginHost.Tests.Embedding;

/// <summary>The host within an application.</summary>
[TestClass]
public sealed class AddPluginHostTests : IDisposable
{
    private const string Forever = """(module (import "extism:host/env" "input_length" (func (result i64))) (func (export "run") (result i32) (loop $l (br $l)) (i32.const 0)))""";
    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    public void Dispose() => _folder.Dispose();

    private IHost Application(Action<SkillHostOptions>? configure = null, Action<PluginHostBuilder>? more = null, TimeSpan? shutdown = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(_log);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = shutdown ?? TimeSpan.FromSeconds(30));
        var plugins = builder.Services.AddPluginHost(options =>
        {
            var tests = TestHosts.Options();
            options.TrustedPublishers[TestHosts.Publisher] = tests.TrustedPublishers[TestHosts.Publisher];
            options.Consent = tests.Consent;
            configure?.Invoke(options);
        });
        more?.Invoke(plugins);
        return builder.Build();
    }

    private string Package(string? module = null, string capabilities = "", string manifest = "") =>
        new TestPackage { Modules = new() { ["m"] = module ?? TestPackage.Echo }, Capabilities = capabilities, Manifest = manifest }.Write(_folder);

    [TestMethod]
    public async Task Application_HasOneHost_AndItsEndEndsIt()
    {
        using var application = Application();
        await application.StartAsync();
        var host = application.Services.GetRequiredService<SkillHost>();
        Assert.AreSame(host, application.Services.GetRequiredService<SkillHost>());
        var skill = await host.LoadSkillAsync(Package());
        Assert.AreEqual("hi", (await skill.CallAsync("acme.run", "hi")).Text);

        await application.StopAsync();

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => skill.CallAsync("acme.run", "hi"));
        CollectionAssert.IsSubsetOf(new[] { 1001, 1501, 1502 }, _log.Lines.Select(line => line.Id).ToArray());
    }

    [TestMethod]
    public async Task WrongOptions_KeepTheApplicationFromStarting_AndAllThatIsWrongIsTold()
    {
        using var application = Application(
            options =>
            {
                options.Limits.ConcurrentLoads = 0;
                options.TrustedPublishers["evil"] = [];
            });

        var error = await Assert.ThrowsAsync<Exception>(() => application.StartAsync());

        var told = error.ToString();
        StringAssert.Contains(told, "ConcurrentLoads");
        StringAssert.Contains(told, "'evil'");
        StateRoot.Create(_folder["state"]);
        using var other = Application(options => options.StateDirectory = _folder["state"], plugins => plugins.AddReAudit(options => options.Jitter = 2));
        StringAssert.Contains((await Assert.ThrowsAsync<Exception>(() => other.StartAsync())).ToString(), "Jitter");
    }

    [TestMethod]
    public async Task StateThatIsMissing_KeepsTheApplicationFromStarting()
    {
        using var application = Application(options => options.StateDirectory = _folder["nowhere"]);
        Assert.AreEqual("state.missing", (await Assert.ThrowsExactlyAsync<SkillStateException>(() => application.StartAsync())).Code);
    }

    [TestMethod]
    public async Task CallThatRuns_IsWaitedFor_AndInterruptedWhenTheApplicationHasNoMoreTime()
    {
        using var application = Application(
            options =>
            {
                options.Limits.CallFuel = long.MaxValue;
                options.Limits.DrainTime = TimeSpan.FromSeconds(25);
            },
            shutdown: TimeSpan.FromSeconds(1));
        await application.StartAsync();
        var skill = await application.Services.GetRequiredService<SkillHost>().LoadSkillAsync(Package(Forever, manifest: "[capabilities.quotas]\nwall_clock_timeout_ms = 30000\nfuel_budget = 9000000000000"));
        var running = skill.CallAsync("acme.run", "");
        await Task.Delay(200);
        var start = Stopwatch.GetTimestamp();

        await application.StopAsync();

        await Assert.ThrowsAsync<Exception>(() => running);
        Assert.IsTrue(Stopwatch.GetElapsedTime(start) is { TotalSeconds: > 0.9 and < 25 }, $"{Stopwatch.GetElapsedTime(start)}");
    }

    [TestMethod]
    public async Task PolicyFile_IsWhereOptionsBegin_AndOneThatIsWrongKeepsTheApplicationFromStarting()
    {
        var policy = _folder["policy.toml"];
        File.WriteAllText(policy, "schema = 1\n[limits]\nconcurrent_loads = 7\n");
        var services = new ServiceCollection();
        services.AddPluginHost(policy, options => options.Limits.QueuedCalls = 9);
        await using (var provider = services.BuildServiceProvider())
        {
            var options = provider.GetRequiredService<IOptions<SkillHostOptions>>().Value;
            Assert.AreEqual((7, 9), (options.Limits.ConcurrentLoads, options.Limits.QueuedCalls));
        }

        File.WriteAllText(policy, "schema = 1\n[limits]\nconcurrent_loads = \"many\"\n");
        var others = new ServiceCollection();
        others.AddPluginHost(policy);
        await using var wrong = others.BuildServiceProvider();
        Assert.AreEqual("state.policy", Assert.ThrowsExactly<SkillStateException>(() => wrong.GetRequiredService<SkillHost>()).Code);
    }

    [TestMethod]
    public async Task WhatHappens_IsLogged_WithStableEvents_AndWhatGuestsSayIsEscaped()
    {
        var (tampered, denied) = (_folder["bad"], GuestTextOf("(call $log {a\u001b[31mb}) (drop (call $http {«\"url\":\"https://a.test/\"»} (i64.const 0)))"));
        File.WriteAllText(tampered, "no package");
        using var application = Application();
        await application.StartAsync();
        var host = application.Services.GetRequiredService<SkillHost>();
        Assert.ThrowsExactly<SkillVerificationException>(() => host.LoadSkill(tampered));
        var skill = host.LoadSkill(Package(denied, manifest: "[capabilities]\nhttp_egress_allowlist = [\"b.test\"]"));
        await Assert.ThrowsExactlyAsync<CapabilityDeniedException>(() => skill.CallAsync("acme.run", ""));
        host.Quarantine("acme.test", "1.0.0", "bad", "ops");
        await application.StopAsync();

        Assert.AreEqual("1002 SkillRefused, 1001 SkillLoaded, 1103 GuestMessage, 1101 CapabilityDenied, 1202 SkillQuarantined",
            string.Join(", ", _log.Lines.Where(line => line.Id is not (1201 or >= 1400)).Select(line => $"{line.Id} {line.Name}")));
        Assert.IsFalse(_log.Lines.Any(line => line.Text.Contains('\u001b', StringComparison.Ordinal)));
        StringAssert.Contains(_log.Lines.First(line => line.Id == 1103).Text, "a\\u{001b}[31mb");
    }

    [TestMethod]
    public async Task ChangedOptions_AreFollowed_AndWrongOnesAreOnRecordAndChangeNothing()
    {
        using var changes = new Changes();
        var loads = 3;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(_log);
        builder.Services.AddSingleton<IOptionsChangeTokenSource<SkillHostOptions>>(changes);
        builder.Services.AddPluginHost(options => options.Limits.ConcurrentLoads = loads);
        using var application = builder.Build();
        await application.StartAsync();
        var host = application.Services.GetRequiredService<SkillHost>();

        loads = 0;
        changes.Tell();
        Assert.AreEqual(3, host.Services.Limits.ConcurrentLoads);
        Assert.AreEqual(1, _log.Lines.Count(line => line.Id == 1402));
        loads = 5;
        changes.Tell();
        Assert.AreEqual(5, host.Services.Limits.ConcurrentLoads);
        await application.StopAsync();
    }

    [TestMethod]
    public async Task PolicyFile_IsReadOnce_AndThereIsOne()
    {
        var policy = _folder["policy.toml"];
        File.WriteAllText(policy, "schema = 1\n[limits]\nconcurrent_loads = 7\n");
        var services = new ServiceCollection();
        services.AddPluginHost(policy);
        services.AddPluginHost(policy);
        Assert.ThrowsExactly<InvalidOperationException>(() => services.AddPluginHost(_folder["other.toml"]));
        await using var provider = services.BuildServiceProvider();
        Assert.AreEqual(7, provider.GetRequiredService<IOptionsMonitor<SkillHostOptions>>().CurrentValue.Limits.ConcurrentLoads);
        File.Delete(policy);
        Assert.AreEqual(7, provider.GetRequiredService<IOptions<SkillHostOptions>>().Value.Limits.ConcurrentLoads);
    }

    private sealed class Changes : IOptionsChangeTokenSource<SkillHostOptions>, IDisposable
    {
        private CancellationTokenSource _next = new();

        public string? Name => Options.DefaultName;

        public Microsoft.Extensions.Primitives.IChangeToken GetChangeToken() => new Microsoft.Extensions.Primitives.CancellationChangeToken(_next.Token);

        public void Dispose() => _next.Dispose();

        public void Tell() => Interlocked.Exchange(ref _next, new CancellationTokenSource()).Cancel();
    }

    [TestMethod]
    public async Task LogThatThrows_ChangesNothing()
    {
        await using var host = TestHosts.Create(options => options.Logger = new Broken());
        var skill = host.LoadSkill(Package(GuestTextOf("(call $log {hi}) (call $out {done})")));
        Assert.AreEqual("done", (await skill.CallAsync("acme.run", "")).Text);
        host.Quarantine("acme.test", "1.0.0", "bad", "ops");
        await Assert.ThrowsExactlyAsync<SkillStatusException>(() => skill.CallAsync("acme.run", ""));
    }

    private sealed class Broken : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException();

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException();
    }

    private static string GuestTextOf(string body) => PluginHost.Tests.Extism.GuestText.Of(body);

    [TestMethod]
    public async Task ReAudit_RunsWithTheApplication_Once()
    {
        StateRoot.Create(_folder["state"]);
        using var application = Application(options => options.StateDirectory = _folder["state"], plugins => plugins.AddReAudit(options => options.Interval = TimeSpan.FromHours(1)).AddReAudit());
        Assert.HasCount(1, application.Services.GetServices<IHostedService>().OfType<SkillReAuditService>().ToList());
        await application.StartAsync();
        await application.Services.GetRequiredService<SkillHost>().Library.InstallAsync(Package());

        for (var i = 0; i < 200 && !_log.Lines.Any(line => line.Id == 1301); i++)
        {
            await Task.Delay(50);
        }

        await application.StopAsync();
        Assert.IsTrue(_log.Lines.Any(line => line is { Id: 1301 } && line.Text.Contains("1 installed versions", StringComparison.Ordinal)), string.Join('\n', _log.Lines));
    }
}
