using System.Threading.RateLimiting;

namespace PluginHost.Limits;

/// <summary>Nothing was got.</summary>
/// <param name="retryAfter">When there will be something; null where nobody knows.</param>
internal sealed class NoLease(TimeSpan? retryAfter) : RateLimitLease
{
    public static NoLease Instance { get; } = new(null);

    public override bool IsAcquired => false;

    public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
        return metadata is not null;
    }
}
