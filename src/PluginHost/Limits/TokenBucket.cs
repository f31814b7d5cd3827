using System.Threading.RateLimiting;

namespace PluginHost.Limits;

/// <summary>
/// A rate: so many permits in a second, and a second's worth at once. The framework's own obeys no clock but the machine's. Nobody waits in it: whoever
/// comes too soon is told when to come again.
/// </summary>
internal sealed class TokenBucket(TimeProvider time) : RateLimiter
{
    private readonly Lock _gate = new();
    private double? _perSecond;
    private double _tokens;
    private long _at = time.GetTimestamp();

    public override TimeSpan? IdleDuration => null;

    /// <summary>Changes the rate; null for none. What was taken before counts.</summary>
    public void Reload(double? perSecond)
    {
        lock (_gate)
        {
            Fill();
            _tokens = _perSecond is null ? Burst(perSecond) : Math.Min(_tokens, Burst(perSecond));
            _perSecond = perSecond;
        }
    }

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            if (_perSecond is not { } rate)
            {
                return Taken.Instance;
            }

            Fill();
            if (_tokens < permitCount)
            {
                return new NoLease(TimeSpan.FromSeconds((permitCount - _tokens) / rate));
            }

            _tokens -= permitCount;
            return Taken.Instance;
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) => new(AttemptAcquireCore(permitCount));

    private static double Burst(double? perSecond) => Math.Max(1, perSecond ?? 0);

    private void Fill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(Burst(_perSecond), _tokens + (time.GetElapsedTime(_at, now).TotalSeconds * (_perSecond ?? 0)));
        _at = now;
    }

    private sealed class Taken : RateLimitLease
    {
        public static Taken Instance { get; } = new();

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
