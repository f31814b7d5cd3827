using PluginHost.Lifecycle;
using PluginHost.State;

namespace PluginHost.Library;

/// <summary>What is installed in a state directory, opened to read it alone.</summary>
internal sealed class SkillsReading : IDisposable
{
    private readonly LifecycleJournal _journal;

    /// <param name="root">The state directory.</param>
    /// <param name="operators">Who may lift quarantines.</param>
    /// <param name="shared">What the fleet shares that it belongs to; null for none.</param>
    /// <exception cref="SkillStateException">The journal was tampered with, or cannot be read.</exception>
    public SkillsReading(StateRoot root, Func<OperatorKeys> operators, ISharedState? shared)
    {
        StateGuard.CheckShared(StateGeneration.Read(root.Generation), shared?.Id ?? "");
        var store = shared?.OpenJournal() ?? FileJournalStore.Open(root.Journal, isReadOnly: true);
        _journal = new LifecycleJournal(store, TimeProvider.System, operators, new StateJournalMark(root, null));
        Skills = new InstalledSkills(_journal, new LibraryFolder(root.Skills), shared is not null);
    }

    public InstalledSkills Skills { get; }

    public void Dispose() => _journal.Dispose();
}
