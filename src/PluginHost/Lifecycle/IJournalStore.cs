namespace PluginHost.Lifecycle;

/// <summary>
/// Where the lines of the lifecycle journal are kept, for one process or many. A position says how far somebody has read; what it counts is the store's.
/// </summary>
internal interface IJournalStore : IDisposable
{
    /// <summary>Whether there may be more than was read. Asked at the start of every call, so it is cheap; what another process writes shows within a second.</summary>
    /// <exception cref="SkillStateException">Nobody can know.</exception>
    bool HasMoved(long position);

    /// <summary>Reads whole lines from a position on.</summary>
    /// <param name="position">Where; 0 for the start. Moved on behind what was read.</param>
    /// <exception cref="SkillStateException">It is missing, or shorter than it was.</exception>
    byte[] Read(ref long position);

    /// <summary>Takes turns with others that write: until it is disposed, nobody else does.</summary>
    /// <exception cref="SkillStateException">Somebody else holds it for seconds.</exception>
    IDisposable Turn();

    /// <summary>Appends a line, durable once this returns. Whoever calls has the turn and has read all.</summary>
    /// <param name="position">The end. Moved on behind the line.</param>
    /// <param name="line">The line, its line feed included.</param>
    /// <param name="change">The same, for stores that keep tables beside the lines.</param>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    void Append(ref long position, ReadOnlySpan<byte> line, LifecycleChange change);

    /// <summary>Waits until there may be more than was read, or for a while.</summary>
    void Wait(long position, TimeSpan time, CancellationToken cancellation);
}
