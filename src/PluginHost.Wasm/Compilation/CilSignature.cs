namespace PluginHost.Wasm.Compilation;

/// <summary>The signature of an indirect call.</summary>
internal sealed record CilSignature(Type Return, Type[] Parameters);
