using System.Threading.RateLimiting;

namespace PluginHost.Limits;

/// <summary>What somebody got who wanted nothing.</summary>
internal sealed class FreeLease : RateLimitLease
{
    public override bool IsAcquired => true;

    public override IEnumerable<string> MetadataNames => [];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = null;
        return false;
    }
}
