namespace PluginHost.Skills.Inspection;

/// <summary>How a module and its host talk to each other.</summary>
internal enum GuestAbi
{
    /// <summary><c>extism:host/env</c>: an export for each tool.</summary>
    Extism,

    /// <summary>WASI preview 1: a program that is started for each call.</summary>
    Wasi,

    /// <summary>Palyra's own handles: an export that takes and gives numbers only.</summary>
    Palyra,
}
