namespace PluginHost.Library;

/// <summary>Where an installed package came from.</summary>
/// <param name="Kind"><c>local_artifact</c>, <c>local_registry</c> or <c>remote_registry</c>.</param>
/// <param name="Reference">The file, or the address.</param>
internal sealed record InstalledSource(string Kind, string Reference)
{
    public const string LocalArtifact = "local_artifact";
    public const string LocalRegistry = "local_registry";
    public const string RemoteRegistry = "remote_registry";
}
