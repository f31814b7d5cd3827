namespace PluginHost.Cli.Doctor;

/// <summary>How something is.</summary>
internal enum FindingStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Something is missing that not everybody needs.</summary>
    Warn,

    /// <summary>Something does not work, or was tampered with.</summary>
    Fail,
}
