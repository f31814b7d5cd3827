namespace PluginHost.Library;

/// <summary>How an installation came about, which says what taking it back means.</summary>
internal enum InstallationKind
{
    /// <summary>The version was not installed.</summary>
    New,

    /// <summary>It was installed, here or on another machine, and another one was current.</summary>
    Switched,

    /// <summary>It is current, and another machine had installed it; this one has its files now, too.</summary>
    Joined,
}
