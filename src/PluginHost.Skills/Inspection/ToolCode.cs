using PluginHost.Skills.Manifests;

namespace PluginHost.Skills.Inspection;

/// <summary>The code that serves a tool.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Module">The module.</param>
/// <param name="Export">The export that is called.</param>
/// <param name="Abi">How it is called.</param>
/// <param name="Binding">What <c>capabilities.toml</c> says of the tool, if anything.</param>
internal sealed record ToolCode(ManifestTool Tool, InspectedModule Module, string Export, GuestAbi Abi, ToolBinding? Binding);
