using System.Diagnostics;
using System.Text;
using PluginHost.Abi;
using PluginHost.Abi.AssemblyScript;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities.Functions;
using PluginHost.Gate;
using PluginHost.Limits;
using PluginHost.Skills.Inspection;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>One call: a store, a gate and the interfaces of the host for it, from the first demand to the receipt.</summary>
internal sealed class GuestRun : IDisposable
{
    private readonly SandboxedModule _module;
    private readonly GuestRequest _request;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _caller;
    private readonly GuestCall _call;
    private readonly GuestInstance _guest;
    private readonly Store _store;
    private readonly GuestInterfaces _interfaces;
    private readonly long _fuel;
    private readonly GuestPromise _promise;
    private readonly IDisposable _clock;
    private bool _isIntact = true;
    private long _started = Stopwatch.GetTimestamp();

    /// <param name="module">What runs.</param>
    /// <param name="audit">Where it is recorded.</param>
    /// <param name="request">What is asked of it.</param>
    /// <param name="deadline">Cancelled when the time is over, and when the caller cancels.</param>
    /// <param name="caller">Cancelled when the caller does not want it any more.</param>
    /// <param name="guest">The guest of the call; whoever makes this gives it up.</param>
    private GuestRun(SandboxedModule module, AuditLog audit, GuestRequest request, GuestInstance guest, CancellationToken deadline, CancellationToken caller)
    {
        _module = module;
        _request = request;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        _caller = caller;
        _call = new GuestCall(audit, request.Identity, request.Tool, request.Context, request.Grant, _stop.Token, request.Parent, request.Quota, request.Meter, request.Watch);
        _guest = guest;
        _store = _guest.Store;
        _interfaces = new GuestInterfaces(_call, request);
        _fuel = request.Limits.Fuel ?? Store.UnlimitedFuel;
        _store.Fuel = _fuel;
        _promise = new GuestPromise(_store.Interrupt, Abandoned, _stop.Token, caller);
        _clock = DeadlineClock.After(TimeLimits.Bounded(request.Limits.Time), _stop.Cancel);
    }

    private IGuestSource Guests => Source(_module, _request);

    /// <summary>Prepares a call. Where that fails, nothing is held for it any more.</summary>
    /// <exception cref="SkillSessionException">Its session has ended.</exception>
    public static GuestRun Prepare(SandboxedModule module, AuditLog audit, GuestRequest request, CancellationToken deadline, CancellationToken caller)
    {
        GuestInstance? guest = null;
        try
        {
            guest = Source(module, request).Take(request.Limits.MemoryBytes);
            return new GuestRun(module, audit, request, guest, deadline, caller);
        }
        catch
        {
            if (guest is not null)
            {
                Source(module, request).Return(guest, isIntact: false);
            }

            request.Ended();
            throw;
        }
    }

    private static IGuestSource Source(SandboxedModule module, GuestRequest request) => request.Guests ?? module.Fresh;

    /// <summary>What the caller waits for.</summary>
    public Task<GuestResult> Result => _promise.Task;

    /// <summary>Makes the call and fulfils <see cref="Result"/>.</summary>
    public void Complete()
    {
        // Fulfilled first: disposing waits for whoever tells the guest to stop just now, and that one waits for the promise.
        using (this)
        {
            _promise.Fulfil(Execute);
        }
    }

    /// <summary>Afterwards, where nobody waits: makes the guest of the next call.</summary>
    public void MakeAhead() => Guests.MakeAhead(_request.Limits.MemoryBytes);

    public void Dispose()
    {
        _clock.Dispose();
        var nobodyStops = _promise.Detach();
        _interfaces.Dispose();
        var isIntact = _isIntact && nobodyStops && !_stop.IsCancellationRequested;
        _stop.Dispose();
        _store.Data = null;
        Guests.Return(_guest, isIntact);
        _request.Ended();
    }

    private GuestResult Execute()
    {
        using var interruption = _store.InterruptOn(_stop.Token);
        IReadOnlyList<WasmValue> values = [];
        var exitCode = 0;
        GuestStop? stop = null;
        try
        {
            _isIntact = false;
            values = Invoke();
            _isIntact = true;
        }
        catch (ProgramExitException exit)
        {
            exitCode = exit.ExitCode;
        }
        catch (Exception e) when (Describe(e) is { } described)
        {
            stop = described;
        }
        catch (Exception e)
        {
            End(e is SkillException skill ? skill.Code : "state.internal", 0);
            throw;
        }

        stop ??= _stop.IsCancellationRequested ? OutOfTime() : Failure(values, exitCode);
        var output = stop is null ? Output(values) : [];
        if (stop is null && exitCode == 0 && _request.CheckOutput(output) is { } problem)
        {
            stop = new GuestStop(GuestStop.Output, $"what '{_request.Tool}' answered does not fit its schema: {problem}", []);
            output = [];
        }

        var time = End(_caller.IsCancellationRequested ? _request.Cancelled() : stop?.Code ?? (exitCode == 0 ? "ok" : "guest.exit"), output.Length);
        _caller.ThrowIfCancellationRequested();
        return new GuestResult
        {
            CallId = _call.Id,
            Time = time,
            Fuel = Used,
            PeakMemoryBytes = _store.MemoryBytes,
            HostTime = _call.Ledger.HostTime,
            BytesIn = BytesIn,
            BytesOut = output.Length + _interfaces.Wasi.BytesWritten,
            HostCalls = _call.Ledger.ToDictionary(),
            Values = _request.Entry.IsExtism ? [] : values,
            Output = output,
            ExitCode = exitCode,
            Stop = stop,
            Denials = _call.Denials,
        };
    }

    /// <summary>What is known of a call whose guest has not stopped yet; its fuel as of the last call it made. Its receipt is written when it does.</summary>
    private GuestResult Abandoned() => new()
    {
        CallId = _call.Id,
        Time = Stopwatch.GetElapsedTime(_started),
        Fuel = Used,
        PeakMemoryBytes = _store.MemoryBytes,
        Stop = OutOfTime() with { Message = $"the call took longer than {_request.Limits.Time.TotalMilliseconds} ms; its end is not known yet" },
    };

    private WasmValue[] Invoke()
    {
        _interfaces.TakeInput();
        _store.Data = _interfaces;
        var instance = _guest.Instance ??= _module.Instantiate(_store);
        var function = instance.GetFunction(_request.Entry.Export)
            ?? throw new SkillVerificationException("inspection", "export", $"the module exports no function '{_request.Entry.Export}'");
        var arguments = _request.Entry.Arguments(function.Type);
        _started = Stopwatch.GetTimestamp();
        if (!_guest.IsInitialized)
        {
            Initialize(instance);
            _guest.IsInitialized = _request.Entry.IsExtism;
        }

        return function.Invoke(arguments);
    }

    /// <summary>The guest runtime's own start, once for each instance: Haskell's, else constructors, else a reactor's.</summary>
    private void Initialize(Instance instance)
    {
        if (!_request.Entry.IsExtism)
        {
            return;
        }

        if (instance.GetFunction("hs_init") is { Type: { Parameters: [ValType.I32, ValType.I32], Results: [] } } haskell)
        {
            Plain(instance, "_initialize")?.Invoke();
            haskell.Invoke(WasmValue.FromI32(0), WasmValue.FromI32(0));
            return;
        }

        (Plain(instance, "__wasm_call_ctors") ?? Plain(instance, "_initialize"))?.Invoke();
    }

    private static WasmFunction? Plain(Instance instance, string name) =>
        instance.GetFunction(name) is { Type: { Parameters: [], Results: [] } } function ? function : null;

    private byte[] Output(IReadOnlyList<WasmValue> values) => (_request.Entry.Abi, values) switch
    {
        (GuestAbi.Extism, _) => _interfaces.Extism.Output,
        (GuestAbi.Palyra, [var code]) => Encoding.UTF8.GetBytes($"{{\"exit_code\":{code.I32}}}"),
        _ => [],
    };

    /// <summary>An Extism guest fails by its error text, whatever it returns, or by returning anything but 0.</summary>
    private GuestStop? Failure(IReadOnlyList<WasmValue> values, int exitCode)
    {
        if (!_request.Entry.IsExtism)
        {
            return null;
        }

        var code = exitCode != 0 ? exitCode : values is [{ Type: ValType.I32 } value] ? value.I32 : 0;
        return _interfaces.Extism.Error is { } text ? new GuestStop("guest.error", text, [])
            : code != 0 ? new GuestStop("guest.error", $"Returned non-zero exit code: {code}", [])
            : null;
    }

    /// <summary>The block that found the tank empty did not run, so it is not counted beyond what there was.</summary>
    private long Used => Math.Min(_fuel, _fuel - _store.Fuel);

    private long BytesIn => _request.Extism.Input.Length + _interfaces.Wasi.BytesRead;

    private TimeSpan End(string outcome, long output)
    {
        var time = Stopwatch.GetElapsedTime(_started);
        _call.End(outcome, time, Used, _store.MemoryBytes, BytesIn, output + _interfaces.Wasi.BytesWritten);
        return time;
    }

    private GuestStop OutOfTime() => new(GuestStop.Time, $"the call took longer than {_request.Limits.Time.TotalMilliseconds} ms", []);

    /// <summary>How a call that ended by an exception is told; null for what is a fault of the host's.</summary>
    private GuestStop? Describe(Exception exception) => exception switch
    {
        WasmTrapException { Kind: TrapKind.Interrupted } trap => OutOfTime() with { Stack = [.. trap.Stack.Select(frame => frame.ToString())] },
        WasmTrapException trap => Describe(trap),
        AbortException => new GuestStop("trap.abort", exception.Message, []),
        ExtismErrorException => new GuestStop("guest.error", exception.Message, []),
        HostFunctionFailedException => new GuestStop(GuestStop.Function, exception.Message, [], exception.InnerException),
        WasmLimitException or InsufficientMemoryException => new GuestStop("limit.memory", exception.Message, []),
        OperationCanceledException when _stop.IsCancellationRequested => OutOfTime(),
        CapabilityDeniedException denied => new GuestStop(denied.Code, denied.Message, [], denied),
        GuestLimitException limit => new GuestStop(limit.Code, limit.Message, []),
        _ => null,
    };

    private static GuestStop Describe(WasmTrapException trap) => new(
        trap.Kind switch
        {
            TrapKind.OutOfFuel => "limit.fuel",
            TrapKind.CallStackExhausted or TrapKind.HostStackExhausted => "limit.stack",
            TrapKind.CodeLimit => "limit.code",
            var kind => "trap." + Kebab(kind.ToString()),
        },
        trap.Message,
        [.. trap.Stack.Select(frame => frame.ToString())]);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
