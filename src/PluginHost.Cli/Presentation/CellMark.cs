namespace PluginHost.Cli.Presentation;

/// <summary>What a cell says, for those who see colours. Its words say the same.</summary>
internal enum CellMark
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All is well.</summary>
    Good,

    /// <summary>Somebody should look.</summary>
    Warn,

    /// <summary>Something is wrong.</summary>
    Bad,
}
