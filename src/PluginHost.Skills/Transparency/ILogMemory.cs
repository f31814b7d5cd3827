namespace PluginHost.Skills.Transparency;

/// <summary>What a host has seen of logs.</summary>
internal interface ILogMemory
{
    /// <summary>Whether a log showed two trees that cannot both be.</summary>
    public bool IsForked(string origin);

    /// <summary>Checkpoints of a log that were seen: the last one that was followed, and those of proofs that wait to be held against it.</summary>
    public IReadOnlyList<Note> SeenOf(string origin);

    /// <summary>Remembers a checkpoint that a proof brought, until the log is followed the next time.</summary>
    public void Remember(Note note);
}
