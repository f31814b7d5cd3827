namespace PluginHost.Capabilities.Files;

/// <summary>A directory that a guest may use.</summary>
/// <param name="Root">Where the guest sees it, for instance <c>/cache</c>.</param>
/// <param name="Tree">What is there.</param>
/// <param name="CanWrite">Whether it may be changed; reading is always included.</param>
internal sealed record FileGrant(string Root, IDirectoryNode Tree, bool CanWrite)
{
    /// <summary>Whether the operator mapped it for reading only, whatever the manifest asks for.</summary>
    public bool IsMappedReadOnly { get; init; }

    /// <summary>Whether it holds the skill's own signed bytes: reading them is no capability and leaves no record.</summary>
    public bool IsOwn { get; init; }
}
