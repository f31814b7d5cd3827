using System.Reflection;

namespace PluginHost.Wasm.Compilation;

/// <summary>What the code of a function refers to.</summary>
/// <param name="InstanceType">The class derived from <see cref="Instance"/>.</param>
/// <param name="GlobalFields">The field of each global, or null where it lives in a cell.</param>
/// <param name="Table">Where the module's functions are.</param>
/// <param name="Self">Index of the function among those that the module defines.</param>
internal sealed record ModuleLayout(Type InstanceType, FieldInfo?[] GlobalFields, CodeTable Table, int Self);
