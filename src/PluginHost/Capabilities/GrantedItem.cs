using PluginHost.Capabilities.Http;

namespace PluginHost.Capabilities;

/// <summary>One thing that a tool may do, and what of another grant covers it.</summary>
internal sealed record GrantedItem(GrantedCapability Shown, HttpGrant? Http = null, long? Amount = null, bool IsWritable = false)
{
    /// <summary>Whether whoever has this may do everything that <paramref name="other"/> allows.</summary>
    public bool Covers(GrantedItem other)
    {
        if (Http is { } mine && other.Http is { } theirs)
        {
            return mine.Host == theirs.Host && mine.Scheme == theirs.Scheme && mine.Port == theirs.Port && mine.Covers(theirs.PathPrefix)
                && (mine.Methods.IsEmpty || (!theirs.Methods.IsEmpty && theirs.Methods.All(mine.Methods.Contains)))
                && (mine.FollowsRedirects || !theirs.FollowsRedirects)
                && (theirs.Secret is null || theirs.Secret == mine.Secret);
        }

        var (capability, asked) = (Shown.Capability, other.Shown.Capability);
        if (capability == Capability.FilesystemRead || capability == Capability.FilesystemWrite)
        {
            return (asked == capability || (asked == Capability.FilesystemRead && IsWritable))
                && (Shown.Resource == other.Shown.Resource || other.Shown.Resource.StartsWith(Shown.Resource + "/", StringComparison.Ordinal))
                && (Amount is not { } room || other.Amount <= room);
        }

        return capability == asked && (Amount is { } amount ? other.Amount <= amount : Shown.Resource == other.Shown.Resource);
    }
}
