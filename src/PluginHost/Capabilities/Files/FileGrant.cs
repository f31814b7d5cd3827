namespace PluginHost.Capabilities.Files;

/// <summary>A directory that a guest may use.</summary>
/// <param name="Root">Where the guest sees it, for instance <c>/cache</c>.</param>
/// <param name="Tree">What is there.</param>
/// <param name="CanWrite">Whether it may be changed; reading is always included.</param>
internal sealed record FileGrant(string Root, IDirectoryNode Tree, bool CanWrite)
{
    /// <summary>Whether the operator mapped it for reading only, whatever the manifest asks for.</summary>
    public bool IsMappedReadOnly { get; init; }

    /// <summary>
    /// Whether guests may make links in it. In a directory of the machine other programs would follow them; there they are not
    /// made unless the embedder of this code says so.
    /// </summary>
    public bool AllowsLinks { get; init; } = Tree is MemoryDirectory;

    /// <summary>Whether it holds the skill's own signed bytes: reading them is no capability and leaves no record.</summary>
    public bool IsOwn { get; init; }
}
