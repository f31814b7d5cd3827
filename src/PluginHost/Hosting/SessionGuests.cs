using System.Threading.RateLimiting;
using PluginHost.Capabilities.Secrets;
using PluginHost.Consent;
using PluginHost.Limits;
using PluginHost.Sandbox;
using PluginHost.Skills.Inspection;

namespace PluginHost.Hosting;

/// <summary>The guests of a session, one of each module, and whose turn it is.</summary>
internal sealed class SessionGuests(HostServices services, ConsentedSkill skill, SkillModules modules, Action<SessionGuests> closed) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    /// <summary>A call whose caller has its answer gives its turn up a moment later.</summary>
    private static readonly TimeSpan Handover = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly Dictionary<string, KeptGuest> _guests = new(StringComparer.Ordinal);
    private int _waiting;
    private bool _isClosed;
    private bool _isOver;

    /// <summary>The secrets that its guests may remember.</summary>
    public SecretWatch Watch { get; } = new();

    /// <summary>Whether it takes no more calls.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Waits until the calls before are over.</summary>
    /// <returns>The turn, to be disposed when the call is over for its caller.</returns>
    /// <exception cref="SkillSessionException">It has ended, or the tool is a program.</exception>
    /// <exception cref="SkillLimitException">Too many calls wait, or it took too long, or the host's memory is taken.</exception>
    public async Task<Turn> TurnAsync(ToolGrant tool, CancellationToken stop)
    {
        if (tool.Code.Abi == GuestAbi.Wasi)
        {
            throw new SkillSessionException("session-program", $"'{tool.Code.Tool.Id}' is a program: each run of it is a process of its own, outside of sessions");
        }

        if (!_turn.Wait(0, CancellationToken.None))
        {
            await WaitAsync(stop).ConfigureAwait(false);
        }

        try
        {
            return new Turn(this, Guest(tool));
        }
        catch
        {
            _turn.Release();
            throw;
        }
    }

    /// <summary>Takes no more calls, and ends when the one that runs is over, or when the host's drain time is.</summary>
    public async ValueTask DisposeAsync()
    {
        // One that did not end by itself is over already, whenever its guest is.
        if (Close() && await _turn.WaitAsync(services.DrainTime).ConfigureAwait(false))
        {
            _turn.Release();
        }

        End();
    }

    /// <summary>Takes no more calls, those included that wait.</summary>
    /// <returns>Whether it took them until now.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return false;
            }

            _isClosed = true;
        }

        _closed.Cancel();
        return true;
    }

    /// <summary>Gives everything back; what still runs, because its caller was released without it, when it ends.</summary>
    public void End()
    {
        Close();
        List<KeptGuest> guests;
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            guests = [.. _guests.Values];
        }

        guests.ForEach(guest => guest.Dispose());
        closed(this);
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _closed.Token);
        try
        {
            if (Interlocked.Increment(ref _waiting) > services.Limits.QueuedCalls)
            {
                if (!await _turn.WaitAsync(Handover, either.Token).ConfigureAwait(false))
                {
                    throw new SkillLimitException(LimiterStrategy.Concurrency, "too many calls of this session wait for their turn");
                }
            }
            else if (!await _turn.WaitAsync(services.Limits.QueueTime + Handover, either.Token).ConfigureAwait(false))
            {
                throw new SkillLimitException(LimiterStrategy.QueueTime, "the calls of this session before this one took too long");
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Ended();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static SkillSessionException Ended() => new("session-ended", "the session was disposed, or ended with a call that did not end by itself: open another");

    /// <summary>Whoever asks has the turn, so nobody else makes one meanwhile; but it may be closed.</summary>
    private KeptGuest Guest(ToolGrant tool)
    {
        var module = tool.Code.Module.Path;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw Ended();
            }

            if (_guests.TryGetValue(module, out var known))
            {
                return known;
            }
        }

        // One store for all tools of the module: the smallest of their quotas holds. To wait for memory must not hold up whoever closes the session.
        var memory = skill.Tools.Where(other => other.Code.Module.Path == module).Min(other => other.Limits.MemoryBytes);
        var guest = new KeptGuest(memory, Reserve(SkillRequests.Guest(memory, modules[module].TableBytes)));
        lock (_gate)
        {
            if (!_isClosed)
            {
                _guests.Add(module, guest);
                return guest;
            }
        }

        guest.Dispose();
        throw Ended();
    }

    private RateLimitLease Reserve(long bytes)
    {
        var lease = services.Calls.TakeMemory(bytes);
        return lease.IsAcquired ? lease : throw new SkillLimitException(LimiterStrategy.Memory, "there is no room in this host's memory for the guest of a session");
    }

    /// <summary>One call's turn: over when its guest is back, or when it is disposed and no guest was taken.</summary>
    internal sealed class Turn(SessionGuests session, KeptGuest guest) : IGuestSource, IDisposable
    {
        private bool _isTaken;

        /// <summary>What the memories of its guest may take.</summary>
        public long MemoryBytes => guest.MemoryBytes;

        /// <inheritdoc/>
        public GuestInstance Take(long memoryBytes)
        {
            var instance = guest.Take();
            _isTaken = true;
            return instance;
        }

        /// <inheritdoc/>
        public void Return(GuestInstance instance, bool isIntact)
        {
            guest.Return(isIntact);
            if (guest.HasEnded)
            {
                session.End();
            }

            session._turn.Release();
        }

        /// <inheritdoc/>
        public void MakeAhead(long memoryBytes)
        {
            // It is there.
        }

        public void Dispose()
        {
            if (!_isTaken)
            {
                session._turn.Release();
            }
        }
    }
}
