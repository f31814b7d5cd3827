namespace PluginHost.Wasm.Binary;

/// <summary>A function defined in the module. Its locals and instructions stay encoded until they are needed.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Code">Locals and instructions, the final <c>end</c> included.</param>
internal readonly record struct FunctionBody(FunctionType Type, ByteRange Code);
