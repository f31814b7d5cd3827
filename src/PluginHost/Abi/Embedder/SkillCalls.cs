using PluginHost.Wasm;

namespace PluginHost.Abi.Embedder;

/// <summary>The functions through which a guest calls tools of other skills.</summary>
internal static class SkillCalls
{
    public const string Call = "skill_call";
    public const string Error = "skill_error";

    public static void Define(Linker linker)
    {
        linker.Define(EmbedderHost.Module, Call, (Func<Caller, long, long, long>)((caller, tool, input) => GuestInterfaces.Of(caller).Skills.Call(caller.Store, tool, input)));
        linker.Define(EmbedderHost.Module, Error, (Func<Caller, long>)(caller => GuestInterfaces.Of(caller).Skills.Error()));
    }
}
