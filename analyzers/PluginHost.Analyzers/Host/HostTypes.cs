using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Host;

/// <summary>
/// The host library as a compilation sees it. Its types are found by their assembly, never by their names alone: a type of the same name in another
/// reference would make them ambiguous, and the rules silent.
/// </summary>
internal sealed class HostTypes
{
    public const string AssemblyName = "PluginHost";
    public const string EngineAssemblyName = "PluginHost.Wasm";

    private static readonly ImmutableArray<string> CallerNames = ["Skill", "LiveSkill", "SkillSession"];

    private HostTypes(Compilation compilation, IAssemblySymbol host)
    {
        Assembly = host;
        IsHostItself = SymbolEqualityComparer.Default.Equals(host, compilation.Assembly);
        Engine = compilation.SourceModule.ReferencedAssemblySymbols.FirstOrDefault(assembly => assembly.Name == EngineAssemblyName);
        HostFunction = Find("PluginHost.HostFunctionAttribute");
        RequiresCapability = Find("PluginHost.RequiresCapabilityAttribute");
        NoCapability = Find("PluginHost.NoCapabilityAttribute");
        DirectEngineUse = Find("PluginHost.DirectEngineUseAttribute");
        Secret = Find("PluginHost.SecretAttribute");
        SecretValue = Find("PluginHost.SecretValue");
        SecretSource = Find("PluginHost.SecretSource");
        HostFunctions = Find("PluginHost.HostFunctions");
        HostFunctionCall = Find("PluginHost.HostFunctionCall");
        HostFunctionFiles = Find("PluginHost.HostFunctionFiles");
        Capability = Find("PluginHost.Capabilities.Capability");
        CapabilityDenied = Find("PluginHost.CapabilityDeniedException");
        SkillHost = Find("PluginHost.SkillHost");
        SkillHostOptions = Find("PluginHost.SkillHostOptions");
        Callers = [.. CallerNames.Select(name => Find("PluginHost." + name)).OfType<INamedTypeSymbol>()];

        INamedTypeSymbol? Find(string name) => host.GetTypeByMetadataName(name);
    }

    public IAssemblySymbol Assembly { get; }

    /// <summary>Whether it is the host library that is compiled.</summary>
    public bool IsHostItself { get; }

    public IAssemblySymbol? Engine { get; }

    public INamedTypeSymbol? HostFunction { get; }

    public INamedTypeSymbol? RequiresCapability { get; }

    public INamedTypeSymbol? NoCapability { get; }

    public INamedTypeSymbol? DirectEngineUse { get; }

    public INamedTypeSymbol? Secret { get; }

    public INamedTypeSymbol? SecretValue { get; }

    public INamedTypeSymbol? SecretSource { get; }

    public INamedTypeSymbol? HostFunctions { get; }

    public INamedTypeSymbol? HostFunctionCall { get; }

    public INamedTypeSymbol? HostFunctionFiles { get; }

    public INamedTypeSymbol? Capability { get; }

    public INamedTypeSymbol? CapabilityDenied { get; }

    public INamedTypeSymbol? SkillHost { get; }

    public INamedTypeSymbol? SkillHostOptions { get; }

    /// <summary>Types whose methods call tools.</summary>
    public ImmutableArray<INamedTypeSymbol> Callers { get; }

    /// <summary>The host of a compilation; null where it has none, and no rule applies.</summary>
    public static HostTypes? In(Compilation compilation) =>
        IsHost(compilation.Assembly) ? new HostTypes(compilation, compilation.Assembly)
        : compilation.SourceModule.ReferencedAssemblySymbols.FirstOrDefault(IsHost) is { } host ? new HostTypes(compilation, host)
        : null;

    private static bool IsHost(IAssemblySymbol assembly) => assembly.Name == AssemblyName && assembly.GetTypeByMetadataName("PluginHost.SkillHost") is not null;
}
