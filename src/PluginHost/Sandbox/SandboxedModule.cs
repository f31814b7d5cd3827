using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using PluginHost.Abi;
using PluginHost.Abi.Extism;
using PluginHost.Audit;
using PluginHost.Capabilities.Functions;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>
/// A compiled module and the way into it: each call gets a guest, a gate of its own and the limits of the call.
/// The seam behind which the engine stands: beside this folder only <c>Abi</c> knows it.
/// </summary>
internal sealed class SandboxedModule : IDisposable
{
    /// <summary>How long a call waits for a thread where all are taken.</summary>
    private static readonly TimeSpan ThreadPatience = TimeSpan.FromMilliseconds(250);

    /// <summary>A reference.</summary>
    private const int ElementBytes = 8;

    /// <summary>A function that something refers to.</summary>
    private const int FunctionBytes = 64;

    private readonly CompiledModule _compiled;
    private readonly LinkedModule _linked;
    private readonly FreshGuests _guests;
    private readonly IDisposable? _use;

    private SandboxedModule(LinkedModule linked, string digest, IDisposable? use)
    {
        _linked = linked;
        _compiled = linked.Compiled;
        _guests = new FreshGuests(linked);
        _use = use;
        Digest = digest;
    }

    /// <summary>Lower hex SHA-256 of the module's bytes.</summary>
    public string Digest { get; }

    /// <summary>Memory of the guest that is kept ready for the next call.</summary>
    public long ReadyBytes => _guests.ReadyBytes;

    /// <summary>What the tables of a guest may take, twice while they grow, and the functions that they refer to.</summary>
    public long TableBytes => (Math.Min(StoreOptions.DefaultTableElements, _compiled.Module.Tables.Sum(static type => (long)(type.Limits.Maximum ?? uint.MaxValue))) * ElementBytes * 2) + ((long)_compiled.Module.Functions.Length * FunctionBytes);

    /// <summary>A fresh guest for each call.</summary>
    public IGuestSource Fresh => _guests;

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

    /// <summary>Compiles a module that was decoded from <paramref name="bytes"/>, and finds what it imports.</summary>
    /// <exception cref="SkillVerificationException">The engine cannot compile it, or nothing answers one of its imports.</exception>
    /// <exception cref="SkillLimitException">There is no room for its code.</exception>
    public static SandboxedModule Load(
        WasmModule module,
        ReadOnlySpan<byte> bytes,
        bool metering,
        ImmutableDictionary<string, HostFunctionBinding>? functions = null,
        ModuleCache? cache = null,
        CancellationToken cancellation = default)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var compiled = Compiled(module, digest, bytes.Length, metering, cache, cancellation);
        try
        {
            return new SandboxedModule(GuestInterfaces.Linker(module, functions ?? ImmutableDictionary<string, HostFunctionBinding>.Empty).Link(compiled.Module), digest, compiled.Use);
        }
        catch (Exception e)
        {
            compiled.Use?.Dispose();
            throw e is WasmLinkException ? new SkillVerificationException("inspection", "import", e.Message) : e;
        }
    }

    public void Dispose()
    {
        _guests.Dispose();
        _use?.Dispose();
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
    /// <param name="began">Done once it has a thread: from then on the call leaves its own record.</param>
    /// <exception cref="SkillVerificationException">The export is missing.</exception>
    /// <exception cref="SkillStateException">The audit log failed, so the call did.</exception>
    /// <exception cref="SkillLimitException">All threads are taken by guests that did not stop.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<GuestResult> CallAsync(IGuestThreads threads, AuditLog audit, GuestRequest request, CancellationToken deadline, CancellationToken caller, Action? began = null)
    {
        var run = GuestRun.Prepare(this, audit, request, deadline, caller);
        var runs = false;
        try
        {
            runs = await TryRunAsync(threads, run.Complete, run.MakeAhead, deadline).ConfigureAwait(false);
        }
        finally
        {
            if (!runs)
            {
                run.Dispose();
            }
        }

        if (runs)
        {
            began?.Invoke();
            return await run.Result.ConfigureAwait(false);
        }

        caller.ThrowIfCancellationRequested();
        throw new SkillLimitException("limit.threads", "calls that were given up still hold all threads of the engine");
    }

    /// <summary>Makes a call on the thread that runs already, which is one of the engine's.</summary>
    public GuestResult CallHere(AuditLog audit, GuestRequest request, CancellationToken stop)
    {
        var run = GuestRun.Prepare(this, audit, request, stop, CancellationToken.None);
        run.Complete();
        return run.Result.GetAwaiter().GetResult();
    }

    /// <summary>A call that has just answered its caller needs its thread a moment longer, to put its things away.</summary>
    private static async Task<bool> TryRunAsync(IGuestThreads threads, Action work, Action whenIdle, CancellationToken deadline)
    {
        for (var start = Stopwatch.GetTimestamp(); !threads.TryRun(work, whenIdle); await Task.Delay(1, CancellationToken.None).ConfigureAwait(false))
        {
            if (deadline.IsCancellationRequested || Stopwatch.GetElapsedTime(start) > ThreadPatience)
            {
                return false;
            }
        }

        return true;
    }

    internal Instance Instantiate(Store store) => _linked.Instantiate(store);

    private static (CompiledModule Module, IDisposable? Use) Compiled(WasmModule module, string digest, long bytes, bool metering, ModuleCache? cache, CancellationToken cancellation)
    {
        try
        {
            return cache is null ? (Compile(), null) : cache.Take(digest, bytes, metering, Compile);
        }
        catch (WasmModuleException e)
        {
            throw new SkillVerificationException("inspection", "module", e.Message);
        }

        CompiledModule Compile() => CompiledModule.Compile(module, new CompilationOptions { Metering = metering }, cancellation);
    }
}
