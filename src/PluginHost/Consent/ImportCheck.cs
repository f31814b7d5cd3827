using System.Collections.Immutable;
using PluginHost.Abi.Embedder;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Functions;
using PluginHost.Skills.Inspection;
using PluginHost.Wasm;

namespace PluginHost.Consent;

/// <summary>Which capability an imported function is good for, and whether any tool of its module has it (<c>StrictImports</c>).</summary>
internal static class ImportCheck
{
    /// <exception cref="SkillVerificationException">A module imports what none of its tools may use.</exception>
    public static void Check(ImmutableArray<ToolGrant> plan, ImmutableDictionary<string, HostFunctionBinding> functions)
    {
        foreach (var tools in plan.GroupBy(tool => tool.Code.Module.Path, StringComparer.Ordinal))
        {
            foreach (var import in tools.First().Code.Module.Module.Imports.Where(import => import.Kind == ExternalKind.Function))
            {
                var function = EmbedderHost.Find(functions, import.Module, import.Name);
                var needed = function is not null ? Capability.HostFunction : ImportNeeds.Find(import.Module, import.Name) is { } name ? Capability.Find(name) : null;
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
