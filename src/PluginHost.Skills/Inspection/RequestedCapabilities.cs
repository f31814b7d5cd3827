using PluginHost.Skills.Artifacts;
using PluginHost.Wasm;

namespace PluginHost.Skills.Inspection;

/// <summary>The capabilities that a package asks for, by name.</summary>
internal sealed class RequestedCapabilities
{
    private static readonly string[] Quiet = ["clock", "random", "log", "variables", "stdio"];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);

    private RequestedCapabilities()
    {
    }

    /// <summary>Those of which code shows whether they can be used.</summary>
    public IEnumerable<string> Checkable => _asked.Order(StringComparer.Ordinal);

    public static RequestedCapabilities Of(SignedSkill skill)
    {
        var capabilities = new RequestedCapabilities();
        var asked = skill.Manifest.Capabilities;
        var file = skill.Capabilities;
        capabilities.Add("http.egress", file is null ? !asked.Hosts.IsEmpty : !file.Http.IsEmpty);
        capabilities.Add("filesystem.write", file is null ? !asked.WriteRoots.IsEmpty : file.Files.Any(request => request.Write));
        capabilities.Add("filesystem.read", file is null ? !asked.ReadRoots.IsEmpty : file.Files.Any(request => !request.Write));
        capabilities.Add("secrets.use", file is null && !asked.Secrets.IsEmpty);
        capabilities.Add("secrets.read", file?.ReadableSecrets.IsEmpty == false);
        capabilities.Add("environment", file?.EnvironmentKeys.IsEmpty == false);
        capabilities.Add("skill.call", file?.CalledTools.IsEmpty == false);
        capabilities.Add("host.function", file?.HostFunctions.IsEmpty == false);
        capabilities._functions.UnionWith(file?.HostFunctions ?? []);
        return capabilities;
    }

    /// <summary>Whether a capability is asked for, or given without asking. Whoever may write may read.</summary>
    public bool Has(string name) => Quiet.Contains(name) || _asked.Contains(name) || (name == "filesystem.read" && _asked.Contains("filesystem.write"));

    /// <summary>What a function that is imported can use.</summary>
    public IEnumerable<string> UsableBy(ModuleImport import)
    {
        switch (ImportNeeds.Find(import.Module, import.Name))
        {
            // A file is opened for writing by the same function as for reading, and a secret goes out with a request.
            case "filesystem.read":
                return ["filesystem.read", "filesystem.write"];
            case "http.egress":
                return ["http.egress", "secrets.use"];
            case { } name:
                return [name];
        }

        return import.Name == "config_get" ? ["secrets.read"]
            : _functions.Contains(import.Name) || _functions.Contains($"{import.Module}.{import.Name}") ? ["host.function"]
            : [];
    }

    private void Add(string name, bool isAsked)
    {
        if (isAsked)
        {
            _asked.Add(name);
        }
    }
}
