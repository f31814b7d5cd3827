using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>Palyra's checks of the modules of a package.</summary>
internal static class ModuleChecks
{
    private const string ComponentFiles = "wasi:filesystem";

    public static IEnumerable<StaticCheck> Of(SkillArtifact artifact, ImmutableArray<InspectedModule> modules, string? invalid, bool asksForFiles, StaticPolicy policy)
    {
        var entries = artifact.Entries.Where(entry => SkillArtifact.IsModule(entry.Path)).ToList();
        yield return Check("wasm_module_presence", null, $"{entries.Count} modules");
        yield return Check(
            "wasm_module_size_limit",
            entries.FirstOrDefault(entry => entry.Content.Length > policy.MaxModuleBytes) is { } large ? $"'{large.Path}' has {large.Content.Length} bytes, more than {policy.MaxModuleBytes}" : null,
            $"none has more than {policy.MaxModuleBytes} bytes");
        yield return Check("wasm_module_validation", invalid, "all are valid");
        if (invalid is not null)
        {
            foreach (var id in new[] { "wasm_exported_function_limit", "wasm_wasi_filesystem_imports" })
            {
                yield return new StaticCheck(id, CheckStatus.Skipped, FindingSeverity.Info, "not looked at: a module is not valid");
            }

            yield break;
        }

        yield return Check(
            "wasm_exported_function_limit",
            modules.FirstOrDefault(module => Exported(module) > policy.MaxExportedFunctions) is { } many ? $"'{many.Path}' exports {Exported(many)} functions, more than {policy.MaxExportedFunctions}" : null,
            $"none exports more than {policy.MaxExportedFunctions} functions");
        yield return Check(
            "wasm_wasi_filesystem_imports",
            asksForFiles ? null : modules.FirstOrDefault(module => module.Module.Imports.Any(import => import.Module.StartsWith(ComponentFiles, StringComparison.Ordinal))) is { } files ? $"'{files.Path}' imports {ComponentFiles}, and the skill asks for no files" : null,
            asksForFiles ? "the skill asks for files" : $"none imports {ComponentFiles}");
    }

    private static int Exported(InspectedModule module) => module.Module.Exports.Count(export => export.Kind == ExternalKind.Function);

    private static StaticCheck Check(string id, string? problem, string otherwise) => problem is null
        ? new StaticCheck(id, CheckStatus.Pass, FindingSeverity.Info, otherwise)
        : new StaticCheck(id, CheckStatus.Fail, FindingSeverity.Error, problem);
}
