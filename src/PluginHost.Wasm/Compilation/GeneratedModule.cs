using System.Reflection;

namespace PluginHost.Wasm.Compilation;

/// <summary>What all instances of a module share in code, besides its functions.</summary>
/// <param name="InstanceType">The class derived from <see cref="Instance"/>.</param>
/// <param name="GlobalFields">The field of each global, or null where it lives in a cell.</param>
/// <param name="HostThunks">For each type of an imported function the code that calls a function of the host.</param>
internal sealed record GeneratedModule(
    Type InstanceType, FieldInfo?[] GlobalFields, IReadOnlyDictionary<FunctionType, nint> HostThunks)
{
    public const string Create = "Create";
    public const string Initialize = "Initialize";
}
