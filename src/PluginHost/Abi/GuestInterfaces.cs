using System.Collections.Immutable;
using PluginHost.Abi.AssemblyScript;
using PluginHost.Abi.Embedder;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Palyra;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities.Functions;
using PluginHost.Capabilities.Skills;
using PluginHost.Gate;
using PluginHost.Sandbox;
using PluginHost.Wasm;

namespace PluginHost.Abi;

/// <summary>
/// The host's side of every interface that a module may import, for one call. What a module is linked with belongs to no call: it finds this here in the
/// store that runs.
/// </summary>
internal sealed class GuestInterfaces : IDisposable
{
    private readonly GuestRequest _request;
    private FunctionBroker? _functions;
    private SkillCallBroker? _skills;

    public GuestInterfaces(GuestCall call, GuestRequest request)
    {
        Call = call;
        _request = request;
        Wasi = new WasiHost(call, request.Program);
        Extism = new ExtismHost(call, request.Extism, request.Limits.MemoryBytes);
    }

    public GuestCall Call { get; }

    public WasiHost Wasi { get; }

    public ExtismHost Extism { get; }

    /// <summary>The way to functions of the embedder.</summary>
    public FunctionBroker Functions => _functions ??= new FunctionBroker(Call, _request.Tool);

    /// <summary>The way to other skills.</summary>
    public SkillCallBroker Skills => _skills ??= new SkillCallBroker(Call, Extism.Memory, _request.CallSkill, _request.Chain, _request.Limits.MemoryBytes);

    /// <summary>Those of the call that runs.</summary>
    /// <exception cref="InvalidOperationException">None does: the guest runs where it must not ask anybody.</exception>
    public static GuestInterfaces Of(Caller caller) => caller.Store.Data as GuestInterfaces ?? throw new InvalidOperationException("the guest called its host outside of a call");

    public void Dispose()
    {
        Extism.Dispose();
        Wasi.Dispose();
    }

    /// <exception cref="GuestLimitException">There is no room for it.</exception>
    public void TakeInput()
    {
        if (_request.Entry.IsExtism)
        {
            Extism.TakeInput();
        }
    }

    /// <summary>
    /// What a module is linked with: the interfaces that it imports from, whole, and where none answers, functions of the embedder. Authority is checked
    /// when they are called.
    /// </summary>
    public static Linker Linker(WasmModule module, ImmutableDictionary<string, HostFunctionBinding> functions)
    {
        var linker = new Linker();
        Define(WasiHost.Module, WasiHost.Define);
        Define(ExtismHost.Module, ExtismHost.Define);
        Define(AssemblyScriptHost.Module, AssemblyScriptHost.Define);
        Define(PalyraHost.Module, PalyraHost.Define);
        foreach (var import in module.Imports.Where(import => import.Kind == ExternalKind.Function).DistinctBy(import => (import.Module, import.Name)))
        {
            if (!linker.Has(import.Module, import.Name) && EmbedderHost.Find(functions, import.Module, import.Name) is { } binding)
            {
                EmbedderHost.Define(linker, import.Module, import.Name, binding);
            }
        }

        Define(EmbedderHost.Module, SkillCalls.Define);
        return linker;

        void Define(string name, Action<Linker> define)
        {
            if (module.Imports.Any(import => import.Module == name))
            {
                define(linker);
            }
        }
    }
}
