namespace PluginHost.Lifecycle;

/// <summary>Remembers beside a journal how far it has come, so that one that was cut or put back from a copy is refused.</summary>
internal interface IJournalMark
{
    /// <summary>Lines that are known to have been written: all of them have to be there.</summary>
    IReadOnlyList<(long Sequence, string Head)> Read();

    void Write(long sequence, string head);

    /// <summary>Whether what others wrote is noted, too: they have their own marks elsewhere.</summary>
    bool NotesReading { get; }
}
