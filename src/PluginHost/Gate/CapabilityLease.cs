using System.Diagnostics;
using PluginHost.Capabilities;

namespace PluginHost.Gate;

/// <summary>
/// The right to one effect. Only the gate makes one, after the demand is on record; a broker takes it once, and it dies
/// with its call. The outcome is recorded when it is closed.
/// </summary>
internal sealed class CapabilityLease
{
    private readonly GuestCall _call;
    private readonly long _demand;
    private readonly long _started = Stopwatch.GetTimestamp();
    private State _state;

    internal CapabilityLease(GuestCall call, long demand, Capability capability, string resource)
    {
        _call = call;
        _demand = demand;
        Capability = capability;
        Resource = resource;
    }

    private enum State
    {
        Fresh,
        Taken,
        Closed,
    }

    public Capability Capability { get; }

    /// <summary>The canonical resource that the demand named.</summary>
    public string Resource { get; }

    /// <summary>Takes the lease for an effect; a broker calls this before it touches anything.</summary>
    /// <param name="capability">What the broker is for.</param>
    /// <param name="resource">What it is about to touch.</param>
    /// <exception cref="InvalidOperationException">It was taken before, is for something else, or its call has ended.</exception>
    public void Take(Capability capability, string resource)
    {
        if (_state != State.Fresh || capability != Capability || resource != Resource || _call.HasEnded)
        {
            throw new InvalidOperationException(
                $"the lease for {Capability} cannot be used for {capability}: it is {_state}, for {(resource == Resource ? "this" : "another")} resource, and the call has {(_call.HasEnded ? "ended" : "not ended")}");
        }

        _state = State.Taken;
        _call.Ledger.Begin();
    }

    /// <summary>Records what came of it.</summary>
    /// <param name="outcome"><c>ok</c>, or what failed.</param>
    /// <param name="bytesIn">Bytes that reached the guest.</param>
    /// <param name="bytesOut">Bytes that left it.</param>
    /// <param name="secret">The secret that it used, as a keyed digest.</param>
    public void Close(string outcome, long bytesIn = 0, long bytesOut = 0, string? secret = null)
    {
        if (_state == State.Closed)
        {
            throw new InvalidOperationException("the lease is closed");
        }

        if (_state == State.Taken)
        {
            _call.Ledger.End();
        }

        _state = State.Closed;
        _call.Ledger.Use(Capability, 0, bytesIn + bytesOut);
        _call.Done(_demand, outcome, Stopwatch.GetElapsedTime(_started), bytesIn, bytesOut, secret);
    }

    /// <summary>Records the end of an effect that went on after the lease was closed.</summary>
    public void CloseLate(string outcome)
    {
        try
        {
            _call.Done(_demand, outcome, Stopwatch.GetElapsedTime(_started), 0, 0);
        }
        catch (SkillStateException)
        {
            // The log is closed: what was recorded says that the end is not known.
        }
    }
}
