namespace PluginHost.Analyzers.Host;

/// <summary>What of the machine something touches.</summary>
internal enum AmbientKind
{
    None,
    Files,
    Network,
    Environment,

    /// <summary>Processes, the registry, shared memory, native code: no capability stands for it.</summary>
    Machine,
}
