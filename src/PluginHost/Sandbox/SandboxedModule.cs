using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using PluginHost.Abi.Extism;
using PluginHost.Audit;
using PluginHost.Capabilities.Functions;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>
/// A compiled module and the way into it: each call gets a fresh instance, a gate of its own and the limits of the call.
/// The seam behind which the engine stands: beside this folder only <c>Abi</c> knows it.
/// </summary>
internal sealed class SandboxedModule
{
    /// <summary>How long a call waits for a thread where all are taken.</summary>
    private static readonly TimeSpan ThreadPatience = TimeSpan.FromMilliseconds(250);

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

    /// <exception cref="SkillVerificationException">The bytes are no module that the engine runs.</exception>
    public static SandboxedModule Load(ReadOnlyMemory<byte> bytes, bool metering = true)
    {
        try
        {
            return Load(WasmModule.Decode(bytes), bytes.Span, metering);
        }
        catch (WasmModuleException e)
        {
            throw new SkillVerificationException("inspection", "module", e.Message);
        }
    }

    /// <summary>Compiles a module that was decoded from <paramref name="bytes"/>.</summary>
    /// <exception cref="SkillVerificationException">The engine cannot compile it, or nothing answers one of its imports.</exception>
    public static SandboxedModule Load(
        WasmModule module,
        ReadOnlySpan<byte> bytes,
        bool metering,
        ImmutableDictionary<string, HostFunctionBinding>? functions = null,
        CancellationToken cancellation = default)
    {
        try
        {
            var compiled = CompiledModule.Compile(module, new CompilationOptions { Metering = metering }, cancellation);
            var loaded = new SandboxedModule(compiled, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            loaded.CheckImports(functions ?? ImmutableDictionary<string, HostFunctionBinding>.Empty);
            return loaded;
        }
        catch (WasmModuleException e)
        {
            throw new SkillVerificationException("inspection", "module", e.Message);
        }
    }

    /// <summary>Whether an export speaks Extism's interface: the module imports it, and the export takes and leaves what Extism's do.</summary>
    public bool SpeaksExtism(string export)
    {
        var module = _compiled.Module;
        return Imports(ExtismHost.Module)
            && module.Exports.FirstOrDefault(item => item.Kind == ExternalKind.Function && item.Name == export) is { } found
            && module.Functions[found.Index] is { Parameters: [], Results: [] or [ValType.I32] };
    }

    /// <summary>The functions that it imports.</summary>
    public IEnumerable<ModuleImport> FunctionImports => _compiled.Module.Imports.Where(import => import.Kind == ExternalKind.Function);

    public bool Imports(string module) => _compiled.Module.Imports.Any(import => import.Module == module);

    /// <summary>
    /// Makes one call on a thread of the engine, from the first demand to the receipt. A caller whose guest does not stop when
    /// it should is released without it; the thread stays taken until it does.
    /// </summary>
    /// <param name="threads">Where it runs.</param>
    /// <param name="audit">Where it is recorded.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="deadline">Cancelled when the time is over, and when the caller cancels.</param>
    /// <param name="caller">Cancelled when the caller does not want it any more.</param>
    /// <exception cref="SkillVerificationException">The export is missing.</exception>
    /// <exception cref="SkillStateException">The audit log failed, so the call did.</exception>
    /// <exception cref="SkillLimitException">All threads are taken by guests that did not stop.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<GuestResult> CallAsync(IGuestThreads threads, AuditLog audit, GuestRequest request, CancellationToken deadline, CancellationToken caller)
    {
        var run = new GuestRun(this, audit, request, deadline, caller);
        var runs = false;
        try
        {
            runs = await TryRunAsync(threads, run.Complete, deadline).ConfigureAwait(false);
        }
        finally
        {
            if (!runs)
            {
                run.Dispose();
            }
        }

        return runs
            ? await run.Result.ConfigureAwait(false)
            : throw new SkillLimitException("limit.threads", "calls that were given up still hold all threads of the engine");
    }

    /// <summary>Makes a call on the thread that runs already, which is one of the engine's.</summary>
    public GuestResult CallHere(AuditLog audit, GuestRequest request, CancellationToken stop)
    {
        var run = new GuestRun(this, audit, request, stop, CancellationToken.None);
        run.Complete();
        return run.Result.GetAwaiter().GetResult();
    }

    /// <summary>A call that has just answered its caller needs its thread a moment longer, to put its things away.</summary>
    private static async Task<bool> TryRunAsync(IGuestThreads threads, Action work, CancellationToken deadline)
    {
        for (var start = Stopwatch.GetTimestamp(); !threads.TryRun(work); await Task.Delay(1, CancellationToken.None).ConfigureAwait(false))
        {
            if (deadline.IsCancellationRequested || Stopwatch.GetElapsedTime(start) > ThreadPatience)
            {
                return false;
            }
        }

        return true;
    }

    internal Instance Instantiate(Store store, Linker linker)
    {
        try
        {
            return linker.Instantiate(store, _compiled);
        }
        catch (WasmLinkException e)
        {
            throw NotLinked(e);
        }
    }

    /// <summary>Links without running anything, so that an import which nothing answers is found before the first call.</summary>
    private void CheckImports(ImmutableDictionary<string, HostFunctionBinding> functions)
    {
        var request = new GuestRequest { Identity = SkillIdentity.Unsigned(Digest), Entry = GuestEntry.Start, Grant = new(), Functions = functions };
        using var audit = AuditLog.InMemory(TimeProvider.System);
        using var interfaces = new GuestInterfaces(new GuestCall(audit, request.Identity, "", CallContext.None, request.Grant, CancellationToken.None), request);
        try
        {
            interfaces.Linker(this).CheckHostImports(_compiled.Module);
        }
        catch (WasmLinkException e)
        {
            throw NotLinked(e);
        }
    }

    private static SkillVerificationException NotLinked(WasmLinkException e) => new("inspection", "import", e.Message);
}
