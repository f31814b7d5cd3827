using System.Threading.RateLimiting;

namespace PluginHost.Limits;

/// <summary>
/// A limit on what is taken at the same time that can be changed: what was taken before counts against the new limit, too, and whoever waits goes on
/// waiting under it.
/// </summary>
internal sealed class ReloadableLimiter : RateLimiter
{
    private readonly Lock _gate = new();
    private readonly HashSet<Lease> _taken = [];

    /// <summary>Of those, how many found no room under the limit of now.</summary>
    private int _without;
    private volatile ConcurrencyLimiter _current;
    private volatile int _permits;

    public ReloadableLimiter(int permits, int queue)
    {
        _permits = permits;
        _current = Make(permits, queue);
    }

    public override TimeSpan? IdleDuration => _current.IdleDuration;

    /// <summary>Changes the limit.</summary>
    public void Reload(int permits, int queue)
    {
        ConcurrencyLimiter before;
        lock (_gate)
        {
            before = _current;
            _permits = permits;
            var next = Make(permits, queue);
            foreach (var lease in _taken)
            {
                lease.MoveTo(next);
            }

            _without = _taken.Count(lease => !lease.HasRoom);

            _current = next;
        }

        // Whoever waits there is sent on to the next.
        before.Dispose();
    }

    public override RateLimiterStatistics? GetStatistics() => _current.GetStatistics();

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            return permitCount > _permits ? NoLease.Instance : Kept(_current.AttemptAcquire(permitCount), permitCount);
        }
    }

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (current, permits) = (_current, _permits);
            RateLimitLease lease;
            try
            {
                lease = permitCount > permits ? NoLease.Instance : await current.AcquireAsync(permitCount, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ObjectDisposedException or ArgumentOutOfRangeException && current != _current)
            {
                continue;
            }

            lock (_gate)
            {
                if (current == _current)
                {
                    return Kept(lease, permitCount);
                }
            }

            lease.Dispose();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _current.Dispose();
        }

        base.Dispose(disposing);
    }

    private RateLimitLease Kept(RateLimitLease lease, int permits)
    {
        if (!lease.IsAcquired)
        {
            return lease;
        }

        var kept = new Lease(this, lease, permits);
        _taken.Add(kept);
        return kept;
    }

    private static ConcurrencyLimiter Make(int permits, int queue) => new(new ConcurrencyLimiterOptions
    {
        PermitLimit = permits,
        QueueLimit = queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private sealed class Lease(ReloadableLimiter owner, RateLimitLease inner, int permits) : RateLimitLease
    {
        private readonly int _permits = permits;
        private RateLimitLease _inner = inner;
        private bool _isOver;

        /// <summary>Whether it found room under the limit of now.</summary>
        public bool HasRoom => _inner.IsAcquired;

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        /// <summary>Takes its part of another limiter; where that has too little left, nothing.</summary>
        public void MoveTo(ConcurrencyLimiter next)
        {
            _inner = next.GetStatistics()?.CurrentAvailablePermits >= _permits ? next.AttemptAcquire(_permits) : NoLease.Instance;
        }

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            RateLimitLease? inner = null;
            lock (owner._gate)
            {
                if (!_isOver)
                {
                    inner = Over();
                }
            }

            inner?.Dispose();
            base.Dispose(disposing);
        }

        /// <summary>What is given back.</summary>
        private RateLimitLease Over()
        {
            _isOver = true;
            owner._taken.Remove(this);
            var inner = _inner;

            // Those that found no room under a smaller limit come first.
            if (owner._without > 0)
            {
                var waits = HasRoom ? owner._taken.FirstOrDefault(other => !other.HasRoom && other._permits <= _permits) : null;
                owner._without -= waits is not null || !HasRoom ? 1 : 0;
                if (waits is not null)
                {
                    (waits._inner, inner) = (inner, waits._inner);
                }
            }

            return inner;
        }
    }
}
