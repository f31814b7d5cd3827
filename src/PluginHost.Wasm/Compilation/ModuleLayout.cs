using System.Reflection;

namespace PluginHost.Wasm.Compilation;

/// <summary>Where the parts of a module live in its generated assembly.</summary>
/// <param name="InstanceType">The class derived from <see cref="Instance"/>.</param>
/// <param name="Functions">Methods of the functions that the module defines.</param>
/// <param name="GlobalFields">The field of each global, or null where it lives in a cell.</param>
internal sealed record ModuleLayout(Type InstanceType, MethodInfo[] Functions, FieldInfo?[] GlobalFields);
