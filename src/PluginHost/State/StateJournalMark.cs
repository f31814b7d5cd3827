using System.Globalization;
using PluginHost.Lifecycle;

namespace PluginHost.State;

/// <summary>How far the lifecycle journal has come, kept with the generation of the state and so under its anchor.</summary>
internal sealed class StateJournalMark(StateRoot root, StateGuard? guard) : IJournalMark
{
    /// <inheritdoc/>
    public (long Sequence, string Head)? Read() => StateGeneration.Read(root.Generation)?.Journal is not { Length: > 0 } text ? null
        : text.Split(':') is [var sequence, var head] && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, head)
        : throw new SkillStateException("generation", "the generation of the state is damaged: it does not say how far the lifecycle journal has come");

    /// <inheritdoc/>
    public void Write(long sequence, string head) => (guard ?? throw new InvalidOperationException("a state directory that is only read is not written")).NoteJournal(sequence, head);
}
