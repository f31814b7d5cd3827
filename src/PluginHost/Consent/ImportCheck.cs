using System.Collections.Frozen;
using System.Collections.Immutable;
using PluginHost.Abi.Embedder;
using PluginHost.Abi.Extism;
using PluginHost.Abi.Wasi;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Functions;
using PluginHost.Wasm;

namespace PluginHost.Consent;

/// <summary>Which capability an imported function is good for, and whether any tool of its module has it (<c>StrictImports</c>).</summary>
internal static class ImportCheck
{
    private static readonly FrozenDictionary<(string Module, string Name), Capability> Needed = new Dictionary<(string, string), Capability>
    {
        [(ExtismHost.Module, "http_request")] = Capability.HttpEgress,
        [(ExtismHost.Module, "var_get")] = Capability.Variables,
        [(ExtismHost.Module, "var_set")] = Capability.Variables,
        [(ExtismHost.Module, "log_trace")] = Capability.Log,
        [(ExtismHost.Module, "log_debug")] = Capability.Log,
        [(ExtismHost.Module, "log_info")] = Capability.Log,
        [(ExtismHost.Module, "log_warn")] = Capability.Log,
        [(ExtismHost.Module, "log_error")] = Capability.Log,
        [(EmbedderHost.Module, SkillCalls.Call)] = Capability.SkillCall,
        [(WasiHost.Module, "environ_get")] = Capability.Environment,
        [(WasiHost.Module, "clock_res_get")] = Capability.Clock,
        [(WasiHost.Module, "clock_time_get")] = Capability.Clock,
        [(WasiHost.Module, "random_get")] = Capability.Random,
        [(WasiHost.Module, "path_open")] = Capability.FilesystemRead,
        [(WasiHost.Module, "path_filestat_get")] = Capability.FilesystemRead,
        [(WasiHost.Module, "path_readlink")] = Capability.FilesystemRead,
        [(WasiHost.Module, "fd_readdir")] = Capability.FilesystemRead,
        [(WasiHost.Module, "path_create_directory")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_filestat_set_times")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_link")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_remove_directory")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_rename")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_symlink")] = Capability.FilesystemWrite,
        [(WasiHost.Module, "path_unlink_file")] = Capability.FilesystemWrite,
    }.ToFrozenDictionary();

    /// <exception cref="SkillVerificationException">A module imports what none of its tools may use.</exception>
    public static void Check(ImmutableArray<ToolGrant> plan, ImmutableDictionary<string, HostFunctionBinding> functions)
    {
        foreach (var tools in plan.GroupBy(tool => tool.Code.Module.Path, StringComparer.Ordinal))
        {
            foreach (var import in tools.First().Code.Module.Module.Imports.Where(import => import.Kind == ExternalKind.Function))
            {
                var function = EmbedderHost.Find(functions, import.Module, import.Name);
                var needed = function is not null ? Capability.HostFunction : Needed.GetValueOrDefault((import.Module, import.Name));
                if (needed is not null && !tools.Any(tool => function is null ? Holds(tool, needed) : tool.Grant.HostFunctions.Contains(function.Name)))
                {
                    throw new SkillVerificationException(
                        "policy", "import", $"'{tools.Key}' imports {import.Module} {import.Name}, which needs {needed}: none of its tools is granted that, and StrictImports is on");
                }
            }
        }
    }

    private static bool Holds(ToolGrant tool, Capability capability) =>
        capability == Capability.FilesystemRead ? tool.Roots.Length > 0
        : capability == Capability.FilesystemWrite ? tool.Roots.Any(root => root.CanWrite)
        : tool.Grant.Holds(capability);
}
