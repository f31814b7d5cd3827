using System.Collections.Immutable;
using PluginHost.Capabilities.Functions;
using PluginHost.Wasm;

namespace PluginHost.Abi.Embedder;

/// <summary>Functions that the embedder registered, under the two names that a guest may import them by.</summary>
internal static class EmbedderHost
{
    /// <summary>Extism's namespace of functions that are not its own.</summary>
    public const string Module = "extism:host/user";

    /// <summary>The function that answers an import; null where none does.</summary>
    public static HostFunctionBinding? Find(ImmutableDictionary<string, HostFunctionBinding> functions, string module, string name) =>
        functions.GetValueOrDefault(module == Module ? name : $"{module}.{name}");

    public static void Define(Linker linker, string module, string name, HostFunctionBinding binding) =>
        linker.Define(module, name, HostFunction.Create(binding.Type, (caller, arguments, results) =>
        {
            var interfaces = GuestInterfaces.Of(caller);
            if (interfaces.Functions.Call(binding, interfaces.Extism.Memory, arguments) is { } result)
            {
                results[0] = result;
            }
        }));
}
