namespace PluginHost.Wasm.Compilation;

/// <summary>The finished assembly of a module.</summary>
/// <param name="InstanceType">The class derived from <see cref="Instance"/>.</param>
/// <param name="FunctionTokens">Metadata tokens of the methods of the functions.</param>
/// <param name="ThunkTokens">Metadata tokens of the methods that call functions of the host.</param>
/// <param name="GlobalCells">Whether each global lives in a cell.</param>
internal sealed record GeneratedModule(
    Type InstanceType, int[] FunctionTokens, IReadOnlyDictionary<FunctionType, int> ThunkTokens, bool[] GlobalCells)
{
    public const string Create = "Create";
    public const string Initialize = "Initialize";
}
