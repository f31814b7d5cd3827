using System.Globalization;
using PluginHost.Lifecycle;

namespace PluginHost.State;

/// <summary>How far the lifecycle journal has come, kept with the generation of the state and in its anchor.</summary>
internal sealed class StateJournalMark(StateRoot root, StateGuard? guard, bool isShared = false) : IJournalMark
{
    /// <inheritdoc/>
    public bool NotesReading => isShared && guard is not null;

    /// <inheritdoc/>
    public IReadOnlyList<(long Sequence, string Head)> Read() => [.. (guard?.Journal() ?? StateGuard.JournalOf(root, null)).Select(Parse)];

    /// <inheritdoc/>
    public void Write(long sequence, string head) => (guard ?? throw new InvalidOperationException("a state directory that is only read is not written")).NoteJournal(sequence, head);

    private static (long Sequence, string Head) Parse(string text) => text.Split(':') is [var sequence, var head] && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (number, head)
        : throw new SkillStateException("generation", "the state or its anchor is damaged: it does not say how far the lifecycle journal has come");
}
