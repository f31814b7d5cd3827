namespace PluginHost.Capabilities.Files;

/// <summary>When a file was used.</summary>
/// <param name="Accessed">Last read, as far as that is kept.</param>
/// <param name="Modified">Last change of the content.</param>
/// <param name="Changed">Last change of the content, the names or the times.</param>
internal readonly record struct FileTimes(DateTimeOffset Accessed, DateTimeOffset Modified, DateTimeOffset Changed)
{
    /// <summary>The times of what was made just now.</summary>
    public static FileTimes At(DateTimeOffset now) => new(now, now, now);

    /// <summary>The times after a change of the content.</summary>
    public FileTimes Touched(DateTimeOffset now) => this with { Modified = now, Changed = now };

    /// <summary>The times after a change of them; a null one stays.</summary>
    public FileTimes With(DateTimeOffset? accessed, DateTimeOffset? modified, DateTimeOffset now) => new(accessed ?? Accessed, modified ?? Modified, now);
}
