namespace PluginHost.Lifecycle;

/// <summary>Remembers beside a journal how far it has come, so that one that was cut or put back from a copy is refused.</summary>
internal interface IJournalMark
{
    /// <summary>The last line that is known to have been written; null where none is.</summary>
    (long Sequence, string Head)? Read();

    void Write(long sequence, string head);
}
