using PluginHost.Capabilities.Files;
using PluginHost.Gate;

namespace PluginHost.Abi.Wasi;

/// <summary>
/// What a lease that was taken allows to touch. Descriptors give their files and directories to nobody else, so that no function
/// can use one without a demand on record.
/// </summary>
internal sealed class LeasedFiles
{
    private readonly CapabilityLease? _lease;

    private LeasedFiles(CapabilityLease? lease) => _lease = lease;

    /// <summary>Takes a lease; null stands for reading a skill's own signed bytes, for which none is needed.</summary>
    public static LeasedFiles Take(CapabilityLease? lease)
    {
        lease?.Take(lease.Capability, lease.Resource);
        return new LeasedFiles(lease);
    }

    public IDirectoryNode Of(DirectoryDescriptor directory) => directory.Node(this);

    public IFileNode Of(FileDescriptor file) => file.Node(this);

    /// <exception cref="InvalidOperationException">The lease is for something else: a fault of the host's.</exception>
    internal void Check(FileGrant grant, string path)
    {
        var covers = _lease is null
            ? grant.IsOwn
            : _lease.Resource == path || _lease.Resource.StartsWith(path == "/" ? "/" : path + "/", StringComparison.Ordinal);
        if (!covers)
        {
            throw new InvalidOperationException($"a lease for {_lease?.Resource ?? "nothing"} was used for {path}");
        }
    }
}
