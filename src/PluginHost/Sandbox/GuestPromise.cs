using System.Diagnostics;

namespace PluginHost.Sandbox;

/// <summary>
/// What a caller waits for. The guest's end fulfils it; where a guest that was told to stop has not stopped within a moment,
/// because it shares a processor with many others, or something runs that cannot be interrupted, the caller is released
/// without it.
/// </summary>
internal sealed class GuestPromise
{
    /// <summary>Guests that have a processor stop within it, and then the caller learns all about how they ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1);

    private const int Spins = 50;

    private readonly TaskCompletionSource<GuestResult> _completion = new();
    private readonly Action _interrupt;
    private readonly Func<GuestResult> _abandoned;
    private readonly CancellationToken _stop;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _registration;

    /// <param name="interrupt">Tells the guest to stop.</param>
    /// <param name="abandoned">What the caller gets where it is released without the guest's end.</param>
    /// <param name="stop">Cancelled when the guest has to stop, for whatever reason.</param>
    /// <param name="caller">Cancelled when the caller does not want it any more.</param>
    public GuestPromise(Action interrupt, Func<GuestResult> abandoned, CancellationToken stop, CancellationToken caller)
    {
        _stop = stop;
        _caller = caller;
        _abandoned = abandoned;
        _interrupt = interrupt;
        _registration = stop.UnsafeRegister(static promise => ((GuestPromise)promise!).Watch(), this);
    }

    public Task<GuestResult> Task => _completion.Task;

    /// <summary>Runs what fulfils the promise.</summary>
    public void Fulfil(Func<GuestResult> run)
    {
        try
        {
            _completion.TrySetResult(run());
        }
        catch (OperationCanceledException e)
        {
            _completion.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            _completion.TrySetException(e);
        }
    }

    /// <summary>Nobody interrupts the guest any more who has not begun to.</summary>
    /// <returns>False where somebody has.</returns>
    public bool Detach() => _registration.Unregister() || !_stop.CanBeCanceled;

    /// <summary>Waits without giving up the processor: on a busy machine it would come back too late to release the caller.</summary>
    private void Watch()
    {
        _interrupt();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Grace;)
        {
            if (_completion.Task.IsCompleted)
            {
                return;
            }

            Thread.SpinWait(Spins);
        }

        if (_caller.IsCancellationRequested)
        {
            _completion.TrySetCanceled(_caller);
        }
        else
        {
            _completion.TrySetResult(_abandoned());
        }
    }
}
