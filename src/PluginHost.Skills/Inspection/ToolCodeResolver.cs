using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>
/// Finds the code of each tool: as <c>capabilities.toml</c> says, else by the only module, the default plug-in of the manifest,
/// the tool's id and the module's imports. What could mean two things is refused, with what to write.
/// </summary>
internal sealed class ToolCodeResolver
{
    private const string ExtismModule = "extism:host/env";
    private const string WasiModule = "wasi_snapshot_preview1";
    private const string PalyraModule = "palyra:plugins/host-capabilities@0.1.0";
    private const string ProgramEntry = "_start";

    private readonly SignedSkill _skill;
    private readonly ImmutableArray<InspectedModule> _modules;

    private ToolCodeResolver(SignedSkill skill, SkillInspection inspection)
    {
        _skill = skill;
        _modules = inspection.Modules;
    }

    /// <exception cref="SkillVerificationException">A tool has no code, or more than one.</exception>
    public static ImmutableArray<ToolCode> Resolve(SignedSkill skill, SkillInspection inspection)
    {
        var resolver = new ToolCodeResolver(skill, inspection);
        return [.. skill.Manifest.Tools.Select(resolver.Code)];
    }

    private ToolCode Code(ManifestTool tool)
    {
        var binding = _skill.Capabilities?.Tools.FirstOrDefault(binding => binding.Tool == tool.Id);
        var plugin = _skill.Manifest.Plugin is { } defaults && defaults.DefaultTool == tool.Id ? defaults : null;
        var module = Module(tool, binding?.Module ?? plugin?.DefaultModule);
        var export = binding?.Export ?? plugin?.DefaultEntrypoint ?? tool.Id[(tool.Id.LastIndexOf('.') + 1)..];
        var abi = binding?.Abi switch
        {
            "extism" => GuestAbi.Extism,
            "wasi" => GuestAbi.Wasi,
            "palyra" => GuestAbi.Palyra,
            _ => Abi(tool, module),
        };
        var entry = abi == GuestAbi.Wasi ? ProgramEntry : export;
        if (abi == GuestAbi.Wasi && binding?.Export is { } named and not ProgramEntry)
        {
            throw Refused("export", $"tool '{tool.Id}' is a program under WASI, which begins at {ProgramEntry}: export = \"{named}\" has no meaning");
        }

        CheckEntry(tool, module, entry, abi);
        return new ToolCode(tool, module, entry, abi, binding);
    }

    private InspectedModule Module(ManifestTool tool, string? path)
    {
        if (path is not null)
        {
            return _modules.FirstOrDefault(module => module.Path == path)
                ?? throw Refused("tool-module", $"the code of tool '{tool.Id}' is said to be '{path}', which the package does not have");
        }

        return _modules is [var only]
            ? only
            : throw Refused("tool-module", $"the package has {_modules.Length} modules: {CapabilitiesFileReader.Entry} has to say module = \"…\" under [tools.\"{tool.Id}\"]");
    }

    private static GuestAbi Abi(ManifestTool tool, InspectedModule module)
    {
        if (Imports(module, ExtismModule))
        {
            return GuestAbi.Extism;
        }

        if (Imports(module, PalyraModule))
        {
            return GuestAbi.Palyra;
        }

        return Imports(module, WasiModule) && Function(module, ProgramEntry) is not null
            ? GuestAbi.Wasi
            : throw Refused("tool-abi", $"'{module.Path}' imports no interface that is known: {CapabilitiesFileReader.Entry} has to say abi = \"extism\", \"wasi\" or \"palyra\" under [tools.\"{tool.Id}\"]");
    }

    private static void CheckEntry(ManifestTool tool, InspectedModule module, string export, GuestAbi abi)
    {
        var type = Function(module, export) ?? throw Refused(
            "export", $"'{module.Path}' exports no function '{export}' for tool '{tool.Id}': {CapabilitiesFileReader.Entry} can say export = \"…\" under [tools.\"{tool.Id}\"]");
        var fits = abi switch
        {
            GuestAbi.Extism => type is { Parameters: [], Results: [] or [ValType.I32] },
            GuestAbi.Palyra => type is { Parameters: [], Results: [ValType.I32] },
            _ => type is { Parameters: [], Results: [] },
        };
        if (!fits)
        {
            throw Refused("export", $"'{export}' of '{module.Path}' is {type}, which the interface does not call");
        }
    }

    private static bool Imports(InspectedModule module, string name) => module.Module.Imports.Any(import => import.Module == name);

    private static FunctionType? Function(InspectedModule module, string name) =>
        module.Module.Exports.FirstOrDefault(export => export.Kind == ExternalKind.Function && export.Name == name) is { } found
            ? module.Module.Functions[found.Index]
            : null;

    private static SkillVerificationException Refused(string rule, string message) => new("inspection", rule, message);
}
