namespace PluginHost.Wasm.Runtime;

/// <summary>Ties a store to a cancellation token for a while.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly Store _store;
    private readonly CancellationTokenRegistration _registration;

    public Interruption(Store store, CancellationToken token)
    {
        _store = store;
        _registration = token.UnsafeRegister(static state => ((Store)state!).Interrupt(), store);
    }

    public void Dispose()
    {
        // Waits for a callback under way, so that none can interrupt a later call.
        _registration.Dispose();
        _store.ClearInterrupt();
    }
}
