namespace PluginHost.Wasm.Binary;

/// <summary>A global defined in the module, with the constant expression that initializes it.</summary>
internal sealed record GlobalDefinition(GlobalType Type, ByteRange Initializer);
