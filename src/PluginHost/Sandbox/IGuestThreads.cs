namespace PluginHost.Sandbox;

/// <summary>Where guests run.</summary>
internal interface IGuestThreads
{
    /// <summary>Runs something that never throws.</summary>
    /// <param name="work">What somebody waits for.</param>
    /// <param name="whenIdle">Done afterwards on the same thread, which may have been given other work already.</param>
    /// <returns>False where all threads are taken.</returns>
    bool TryRun(Action work, Action? whenIdle = null);
}
