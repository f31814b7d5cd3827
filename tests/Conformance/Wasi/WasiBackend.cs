namespace PluginHost.Conformance.Wasi;

/// <summary>Where the files of a program are.</summary>
internal enum WasiBackend
{
    /// <summary>In memory.</summary>
    Memory,

    /// <summary>In a directory of the machine.</summary>
    Directory,
}
