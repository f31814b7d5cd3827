using System.Collections.Immutable;
using System.Text;
using System.Threading.RateLimiting;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Consent;
using PluginHost.Gate;
using PluginHost.Hosting;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost;

/// <summary>
/// A skill that passed every room. Each call of a tool gets a fresh instance; nothing of one call is seen by the next but
/// variables and files. Calls may be made from many threads.
/// </summary>
public sealed class Skill : IAsyncDisposable
{
    /// <summary>Guests of one skill that may still run after their callers were released.</summary>
    private const int AbandonedCalls = 2;

    private readonly HostServices _services;
    private readonly SkillThreads _threads;
    private readonly ConsentedSkill _consented;
    private readonly Dictionary<string, SandboxedModule> _modules;
    private readonly SkillFiles _files;
    private readonly ImmutableDictionary<string, string> _config;
    private readonly SkillIdentity _identity;
    private readonly ConcurrencyLimiter _limiter;
    private readonly CallPipeline _pipeline;
    private readonly RunningCalls _running = new();

    /// <summary>The one end of the skill, which everybody who disposes it awaits.</summary>
    private Task? _disposal;

    internal Skill(
        HostServices services, ConsentedSkill consented, Dictionary<string, SandboxedModule> modules, SkillFiles files, ImmutableDictionary<string, string> config)
    {
        _services = services;
        _threads = new SkillThreads(services.Threads, services.CallsPerSkill + AbandonedCalls);
        _consented = consented;
        _modules = modules;
        _files = files;
        _config = config;
        _identity = new SkillIdentity(Id, Version, PayloadDigest) { Publisher = Publisher };
        _limiter = HostServices.Limiter(services.CallsPerSkill, services.QueuedCalls);

        // The skill's own queue comes first: whoever waits in it must not hold a place of the host's.
        _pipeline = new CallPipeline(services.Time, (_limiter, $"calls of '{Id}' run"), (services.Calls, "calls run in this host"));
        Verification = VerificationReport.Of(consented);
    }

    internal ConsentedSkill Consented => _consented;

    /// <summary>Its id.</summary>
    public string Id => _consented.Request.SkillId;

    /// <summary>Its version.</summary>
    public string Version => _consented.Request.Version;

    /// <summary>Who signed it.</summary>
    public string Publisher => _consented.Request.Publisher;

    /// <summary>Lower hex SHA-256 over everything that is signed.</summary>
    public string PayloadDigest => _consented.Request.PayloadDigest;

    /// <summary>The tools it offers.</summary>
    public IReadOnlyList<SkillTool> Tools => _consented.Request.Tools;

    /// <summary>What was consented to.</summary>
    public IReadOnlyList<RequestedCapability> Capabilities => _consented.Request.Capabilities;

    /// <summary>What was checked before it was loaded, and what was not.</summary>
    public SkillVerification Verification { get; }

    /// <summary>Calls a tool with a text.</summary>
    /// <inheritdoc cref="CallAsync(string, ReadOnlyMemory{byte}, CallContext?, CancellationToken)"/>
    public Task<SkillCallResult> CallAsync(string toolId, string input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CallAsync(toolId, Encoding.UTF8.GetBytes(input), context, cancellationToken);
    }

    /// <summary>Calls a tool: Extism guests get the input as theirs, WASI programs on standard input with the tool's id as argument.</summary>
    /// <param name="toolId">One of <see cref="Tools"/>.</param>
    /// <param name="input">The input. It must not change until the call has ended.</param>
    /// <param name="context">On whose behalf; stands in every record of the call.</param>
    /// <param name="cancellationToken">Stops the guest wherever it is.</param>
    /// <exception cref="ArgumentException">The skill has no such tool.</exception>
    /// <exception cref="CapabilityDeniedException">The guest asked for what it was not granted.</exception>
    /// <exception cref="SkillLimitException">A limit ended the call, or there were too many calls to begin it.</exception>
    /// <exception cref="SkillTrapException">The guest trapped.</exception>
    /// <exception cref="SkillGuestException">The guest reported failure.</exception>
    /// <exception cref="SkillStateException">The call could not be recorded, so it did not go on.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, or the skill is disposed.</exception>
    public Task<SkillCallResult> CallAsync(string toolId, ReadOnlyMemory<byte> input, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(toolId);
        return Detached(ExecuteAsync(toolId, input, context, cancellationToken));
    }

    private async Task<SkillCallResult> ExecuteAsync(string toolId, ReadOnlyMemory<byte> input, CallContext? context, CancellationToken cancellationToken)
    {
        using var running = _running.Begin(this, cancellationToken);
        var tool = _consented.Tools.FirstOrDefault(tool => tool.Code.Tool.Id == toolId)
            ?? throw new ArgumentException($"'{Id}' has no tool '{toolId}'", nameof(toolId));
        var output = new MemoryStream();
        var error = new MemoryStream();
        var request = Request(tool, input, context ?? CallContext.None, output, error);
        var module = _modules[tool.Code.Module.Path];
        var began = false;
        GuestResult result;
        try
        {
            result = await _pipeline.ExecuteAsync(
                tool.Limits.Time,
                deadline =>
                {
                    var call = module.CallAsync(_threads, _services.Audit, request, deadline, running.Stop);
                    began = true;
                    return call;
                },
                running.Stop).ConfigureAwait(false);
        }
        catch (Exception e) when (!began && e is (SkillLimitException or OperationCanceledException))
        {
            // It waited in vain; that is on record, too.
            new GuestCall(_services.Audit, _identity, toolId, request.Context, request.Grant, CancellationToken.None)
                .End(e is SkillLimitException limit ? limit.Code : "cancelled", TimeSpan.Zero, 0, 0, 0, 0);
            throw;
        }

        return CallOutcome.Of(result, tool.Code.Abi == GuestAbi.Wasi ? output.ToArray() : result.Output, Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Takes no more calls, waits for those that run, and after the host's drain time interrupts them.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_limiter)
        {
            return new ValueTask(_disposal ??= EndAsync());
        }
    }

    /// <summary>
    /// A call ends on a thread of the engine, or of the deadlines. What the caller does next must not hold it: whoever awaits
    /// goes on elsewhere, and whoever blocks is woken at once, even where the thread pool has no thread left.
    /// </summary>
    private static Task<SkillCallResult> Detached(Task<SkillCallResult> call)
    {
        var completion = new TaskCompletionSource<SkillCallResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        call.ContinueWith(
            static (ended, state) => ((TaskCompletionSource<SkillCallResult>)state!).SetFromTask(ended),
            completion, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return completion.Task;
    }

    private async Task EndAsync()
    {
        await _running.EndAsync(_services.DrainTime, _services.Time).ConfigureAwait(false);
        _services.Loaded.TryRemove(this, out _);
        _running.Dispose();
        _limiter.Dispose();
        foreach (var directory in _files.Mapped)
        {
            directory.Dispose();
        }
    }

    private GuestRequest Request(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, Stream output, Stream error)
    {
        var id = tool.Code.Tool.Id;
        var isProgram = tool.Code.Abi == GuestAbi.Wasi;
        return new GuestRequest
        {
            Identity = _identity,
            Tool = id,
            Entry = GuestEntry.Of(tool.Code.Export, tool.Code.Abi),
            Grant = tool.Grant with { Files = _files.Of(tool.Roots) },
            Limits = tool.Limits,
            Context = context,
            Program = new WasiProgram
            {
                Arguments = [id],
                Input = isProgram ? new MemoryStream(input.ToArray(), writable: false) : Stream.Null,
                Output = output,
                Error = error,
                Time = _services.Time,
            },
            Extism = new ExtismSettings
            {
                Input = isProgram ? [] : input.ToArray(),
                Config = _config,
                Variables = _files.State.Variables,
                Log = (level, text) => _services.Log(new SkillLogMessage(Id, id, level, text)),
                Resolve = _services.Resolve,
                Secrets = _services.Secrets,
            },
        };
    }
}
