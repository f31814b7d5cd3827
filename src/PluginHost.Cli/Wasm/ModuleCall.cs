using PluginHost.Sandbox;

namespace PluginHost.Cli.Wasm;

/// <summary>One call, with what a program wrote to its standard output.</summary>
internal sealed record ModuleCall(GuestResult Result, byte[]? Output);
