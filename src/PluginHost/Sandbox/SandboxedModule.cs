using System.Diagnostics;
using System.Security.Cryptography;
using PluginHost.Abi.AssemblyScript;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>
/// A compiled module and the way into it: each call gets a fresh instance, a gate of its own and the limits of the call.
/// The only place of the host that knows the engine.
/// </summary>
internal sealed class SandboxedModule
{
    private readonly CompiledModule _compiled;

    private SandboxedModule(CompiledModule compiled, string digest)
    {
        _compiled = compiled;
        Digest = digest;
    }

    /// <summary>Lower hex SHA-256 of the module's bytes.</summary>
    public string Digest { get; }

    public bool HasExport(string name) =>
        _compiled.Module.Exports.Any(export => export.Kind == ExternalKind.Function && export.Name == name);

    /// <exception cref="ModuleLoadException">The bytes are no module that the engine runs.</exception>
    public static SandboxedModule Load(ReadOnlyMemory<byte> bytes, bool metering = true)
    {
        try
        {
            var compiled = CompiledModule.Compile(WasmModule.Decode(bytes), new CompilationOptions { Metering = metering });
            return new SandboxedModule(compiled, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
        }
        catch (WasmModuleException e)
        {
            throw new ModuleLoadException("module", e.Message, e);
        }
    }

    /// <summary>Whether an export speaks Extism's interface: the module imports it, and the export takes and leaves what Extism's do.</summary>
    public bool SpeaksExtism(string export)
    {
        var module = _compiled.Module;
        return module.Imports.Any(import => import.Module == ExtismHost.Module)
            && module.Exports.FirstOrDefault(item => item.Kind == ExternalKind.Function && item.Name == export) is { } found
            && module.Functions[found.Index] is { Parameters: [], Results: [] or [ValType.I32] };
    }

    /// <summary>Makes one call, from demand to receipt. Blocks until it has ended.</summary>
    /// <exception cref="ModuleLoadException">An import is not answered, or the export is missing.</exception>
    /// <exception cref="SkillStateException">The audit log failed, so the call did.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public GuestResult Call(AuditLog audit, GuestRequest request, CancellationToken cancellation)
    {
        GuestResult? result = null;
        GuestThread.Run(() => result = CallHere(audit, request, cancellation));
        return result!;
    }

    private GuestResult CallHere(AuditLog audit, GuestRequest request, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(request.Limits.Time);
        var call = new GuestCall(audit, request.Identity, request.Entry.Export, request.Context, request.Grant, deadline.Token);
        using var store = new Store(new StoreOptions { MemoryBytes = request.Limits.MemoryBytes });
        using var interruption = store.InterruptOn(deadline.Token);
        using var wasi = new WasiHost(call, request.Program);
        using var extism = new ExtismHost(call, request.Extism, request.Limits.MemoryBytes);
        var fuel = request.Limits.Fuel ?? Store.UnlimitedFuel;
        store.Fuel = fuel;

        var started = Stopwatch.GetTimestamp();
        IReadOnlyList<WasmValue> values = [];
        var exitCode = 0;
        GuestStop? stop = null;
        try
        {
            var instance = Instantiate(store, call, wasi, extism);
            var function = instance.GetFunction(request.Entry.Export)
                ?? throw new ModuleLoadException("export", $"the module exports no function '{request.Entry.Export}'", new MissingMethodException());
            var arguments = request.Entry.Arguments(function.Type);
            started = Stopwatch.GetTimestamp();
            Initialize(instance, request.Entry);
            values = function.Invoke(arguments);
        }
        catch (ProgramExitException exit)
        {
            exitCode = exit.ExitCode;
        }
        catch (WasmTrapException trap)
        {
            stop = Describe(trap);
        }
        catch (AbortException abort)
        {
            stop = new GuestStop("trap.abort", abort.Message, []);
        }
        catch (ExtismErrorException error)
        {
            stop = new GuestStop("guest.error", error.Message, []);
        }
        catch (WasmLimitException e)
        {
            stop = new GuestStop("limit.memory", e.Message, []);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            stop = new GuestStop("limit.time", $"the call took longer than {request.Limits.Time.TotalMilliseconds} ms", []);
        }
        catch (CapabilityDeniedException denied)
        {
            stop = new GuestStop(denied.Code, denied.Message, []);
        }
        catch (GuestLimitException limit)
        {
            stop = new GuestStop(limit.Code, limit.Message, []);
        }
        catch (Exception e)
        {
            call.End(e is SkillException skill ? skill.Code : "state.internal", Stopwatch.GetElapsedTime(started), fuel - store.Fuel, store.MemoryBytes, 0, 0);
            throw;
        }

        stop ??= deadline.IsCancellationRequested
            ? new GuestStop("limit.time", $"the call took longer than {request.Limits.Time.TotalMilliseconds} ms", [])
            : GuestFailure(request.Entry, extism, values, exitCode);
        var time = Stopwatch.GetElapsedTime(started);
        var output = request.Entry.IsExtism ? extism.Output : [];
        call.End(
            cancellation.IsCancellationRequested ? "cancelled" : stop?.Code ?? (exitCode == 0 ? "ok" : "guest.exit"), time, fuel - store.Fuel, store.MemoryBytes,
            request.Extism.Input.Length, output.Length + call.QuietBytes(Capability.Stdio));
        cancellation.ThrowIfCancellationRequested();
        return new GuestResult
        {
            Time = time,
            Fuel = fuel - store.Fuel,
            PeakMemoryBytes = store.MemoryBytes,
            Values = request.Entry.IsExtism ? [] : values,
            Output = output,
            ExitCode = exitCode,
            Stop = stop,
            Denials = call.Denials,
        };
    }

    /// <summary>The guest runtime's own start, once for each instance: Haskell's, else constructors, else a reactor's.</summary>
    private static void Initialize(Instance instance, GuestEntry entry)
    {
        if (!entry.IsExtism)
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

    /// <summary>An Extism guest fails by its error text, whatever it returns, or by returning anything but 0.</summary>
    private static GuestStop? GuestFailure(GuestEntry entry, ExtismHost extism, IReadOnlyList<WasmValue> values, int exitCode)
    {
        if (!entry.IsExtism)
        {
            return null;
        }

        var code = exitCode != 0 ? exitCode : values is [{ Type: ValType.I32 } value] ? value.I32 : 0;
        return extism.Error is { } text ? new GuestStop("guest.error", text, [])
            : code != 0 ? new GuestStop("guest.error", $"Returned non-zero exit code: {code}", [])
            : null;
    }

    private Instance Instantiate(Store store, GuestCall call, WasiHost wasi, ExtismHost extism)
    {
        var linker = new Linker();
        if (Imports(WasiHost.Module))
        {
            wasi.Define(linker);
        }

        if (Imports(ExtismHost.Module))
        {
            extism.Define(linker);
        }

        if (Imports(AssemblyScriptHost.Module))
        {
            AssemblyScriptHost.Define(linker, call);
        }

        try
        {
            return linker.Instantiate(store, _compiled);
        }
        catch (WasmLinkException e)
        {
            throw new ModuleLoadException("import", e.Message, e);
        }
    }

    private bool Imports(string module) => _compiled.Module.Imports.Any(import => import.Module == module);

    private static GuestStop Describe(WasmTrapException trap) => new(
        trap.Kind switch
        {
            TrapKind.OutOfFuel => "limit.fuel",
            TrapKind.Interrupted => "limit.time",
            TrapKind.CallStackExhausted or TrapKind.HostStackExhausted => "limit.stack",
            var kind => "trap." + Kebab(kind.ToString()),
        },
        trap.Message,
        [.. trap.Stack.Select(frame => frame.ToString())]);

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
