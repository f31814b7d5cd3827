using System.Diagnostics;
using System.Security.Cryptography;
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

    /// <summary>Makes one call, from demand to receipt. Blocks until it has ended.</summary>
    /// <exception cref="ModuleLoadException">An import is not answered, or the export is missing.</exception>
    /// <exception cref="SkillStateException">The audit log failed, so the call did.</exception>
    public GuestResult Call(
        AuditLog audit, SkillIdentity identity, CallContext context, EffectiveGrant grant, GuestLimits limits, WasiProgram program, GuestEntry entry, CancellationToken cancellation)
    {
        GuestResult? result = null;
        GuestThread.Run(() => result = CallHere(audit, identity, context, grant, limits, program, entry, cancellation));
        return result!;
    }

    private GuestResult CallHere(
        AuditLog audit, SkillIdentity identity, CallContext context, EffectiveGrant grant, GuestLimits limits, WasiProgram program, GuestEntry entry, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limits.Time);
        var call = new GuestCall(audit, identity, entry.Export, context, grant, deadline.Token);
        using var store = new Store(new StoreOptions { MemoryBytes = limits.MemoryBytes });
        using var interruption = store.InterruptOn(deadline.Token);
        using var wasi = new WasiHost(call, program);
        var fuel = limits.Fuel ?? Store.UnlimitedFuel;
        store.Fuel = fuel;

        var started = Stopwatch.GetTimestamp();
        IReadOnlyList<WasmValue> values = [];
        var exitCode = 0;
        GuestStop? stop = null;
        try
        {
            var function = Instantiate(store, wasi).GetFunction(entry.Export)
                ?? throw new ModuleLoadException("export", $"the module exports no function '{entry.Export}'", new MissingMethodException());
            var arguments = entry.Arguments(function.Type);
            started = Stopwatch.GetTimestamp();
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
        catch (WasmLimitException e)
        {
            stop = new GuestStop("limit.memory", e.Message, []);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            stop = new GuestStop("limit.time", $"the call took longer than {limits.Time.TotalMilliseconds} ms", []);
        }
        catch (CapabilityDeniedException denied)
        {
            stop = new GuestStop(denied.Code, denied.Message, []);
        }

        var time = Stopwatch.GetElapsedTime(started);
        call.End(stop?.Code ?? (exitCode == 0 ? "ok" : "guest.exit"), time, fuel - store.Fuel, store.MemoryBytes, 0, call.QuietBytes(Capability.Stdio));
        cancellation.ThrowIfCancellationRequested();
        return new GuestResult
        {
            Time = time,
            Fuel = fuel - store.Fuel,
            PeakMemoryBytes = store.MemoryBytes,
            Values = values,
            ExitCode = exitCode,
            Stop = stop,
            Denials = call.Denials,
        };
    }

    private Instance Instantiate(Store store, WasiHost wasi)
    {
        var linker = new Linker();
        if (_compiled.Module.Imports.Any(import => import.Module == WasiHost.Module))
        {
            wasi.Define(linker);
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
