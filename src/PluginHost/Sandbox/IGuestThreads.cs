namespace PluginHost.Sandbox;

/// <summary>Where guests run.</summary>
internal interface IGuestThreads
{
    /// <summary>Runs something that never throws.</summary>
    /// <returns>False where all threads are taken.</returns>
    bool TryRun(Action work);
}
