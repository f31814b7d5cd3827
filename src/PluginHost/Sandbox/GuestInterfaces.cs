using PluginHost.Abi.AssemblyScript;
using PluginHost.Abi.Embedder;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Palyra;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities.Functions;
using PluginHost.Capabilities.Skills;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Sandbox;

/// <summary>The host's side of every interface that a module may import, for one call.</summary>
internal sealed class GuestInterfaces : IDisposable
{
    private readonly GuestCall _call;
    private readonly GuestRequest _request;

    public GuestInterfaces(GuestCall call, GuestRequest request)
    {
        _call = call;
        _request = request;
        Wasi = new WasiHost(call, request.Program);
        Extism = new ExtismHost(call, request.Extism, request.Limits.MemoryBytes);
    }

    public WasiHost Wasi { get; }

    public ExtismHost Extism { get; }

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

    /// <summary>What no interface answers, the embedder may; and the way to other skills.</summary>
    private void DefineEmbedder(Linker linker, SandboxedModule module)
    {
        var functions = new FunctionBroker(_call, _request.Tool);
        foreach (var import in module.FunctionImports)
        {
            if (EmbedderHost.Find(_request.Functions, import.Module, import.Name) is { } binding)
            {
                EmbedderHost.Define(linker, import.Module, import.Name, binding, functions, Extism.Memory);
            }
        }

        if (module.Imports(EmbedderHost.Module))
        {
            SkillCalls.Define(linker, new SkillCallBroker(_call, Extism.Memory, _request.CallSkill, _request.Chain, _request.Limits.MemoryBytes));
        }
    }

    /// <summary>What a module is linked with: the interfaces that it imports from, whole. Authority is checked when they are called.</summary>
    public Linker Linker(SandboxedModule module)
    {
        var linker = new Linker();
        if (module.Imports(WasiHost.Module))
        {
            Wasi.Define(linker);
        }

        if (module.Imports(ExtismHost.Module))
        {
            Extism.Define(linker);
        }

        if (module.Imports(AssemblyScriptHost.Module))
        {
            AssemblyScriptHost.Define(linker, _call);
        }

        if (module.Imports(PalyraHost.Module))
        {
            PalyraHost.Define(linker, _call);
        }

        DefineEmbedder(linker, module);
        return linker;
    }
}
