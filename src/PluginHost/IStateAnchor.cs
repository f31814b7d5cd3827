namespace PluginHost;

/// <summary>
/// Remembers outside the state directory how far it has come, so that a directory that was deleted, put back from an older copy or
/// exchanged is refused. Keep it where whoever may write the state directory may not: another user's file, a vault, another machine.
/// </summary>
public interface IStateAnchor
{
    /// <summary>The mark that was written last; null where there never was one.</summary>
    StateMark? Read();

    /// <summary>Keeps a mark in place of the last. What it throws stops the host from starting.</summary>
    void Write(StateMark mark);
}
