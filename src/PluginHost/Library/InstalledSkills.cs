using PluginHost.Lifecycle;

namespace PluginHost.Library;

/// <summary>What is installed in a state directory, for whoever only reads it, too.</summary>
/// <param name="journal">What has happened.</param>
/// <param name="folder">Where packages are.</param>
/// <param name="isShared">Whether other machines write the journal: then the index of this one follows it when something is installed here, and is for people alone.</param>
internal sealed class InstalledSkills(LifecycleJournal journal, LibraryFolder folder, bool isShared = false)
{
    private readonly IndexFile _index = new(folder.Index);

    public LibraryFolder Folder => folder;

    /// <summary>The journal's view, once the index says the same.</summary>
    /// <exception cref="SkillStateException">One of them was tampered with, or cannot be read.</exception>
    public LifecycleView View() => isShared ? journal.View : _index.Check(journal);

    /// <summary>An installed version; the current one where none is named.</summary>
    /// <exception cref="SkillVerificationException">It is not installed.</exception>
    public VersionState Find(string skillId, string? version) => Find(View(), skillId, version);

    /// <inheritdoc cref="Find(string, string?)"/>
    public static VersionState Find(LifecycleView view, string skillId, string? version) => view.Find(skillId, version)
        ?? throw new SkillVerificationException("policy", "not-installed", version is null ? $"'{skillId}' is not installed" : $"'{skillId}' {version} is not installed");

    /// <summary>Writes the index, where it does not say what the journal does. Whoever calls has the turn.</summary>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public void WriteIndex() => _index.Write(journal.Refresh());
}
