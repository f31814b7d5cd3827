namespace PluginHost.Lifecycle;

/// <summary>For journals that nobody but this process can change.</summary>
internal sealed class NoJournalMark : IJournalMark
{
    public static NoJournalMark Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<(long Sequence, string Head)> Read() => [];

    /// <inheritdoc/>
    public void Write(long sequence, string head)
    {
    }

    /// <inheritdoc/>
    public bool NotesReading => false;
}
