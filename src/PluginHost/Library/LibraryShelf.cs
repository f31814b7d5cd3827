using PluginHost.Hosting;
using PluginHost.Lifecycle;

namespace PluginHost.Library;

/// <summary>The folder, the index and the journal of a library, changed together: one process at a time, and whatever the one before left undone first.</summary>
/// <param name="folder">Where packages are.</param>
/// <param name="skills">What is installed.</param>
/// <param name="life">The journal.</param>
internal sealed class LibraryShelf(LibraryFolder folder, InstalledSkills skills, LifecycleRoom life)
{
    public LibraryFolder Folder => folder;

    public InstalledSkills Skills => skills;

    /// <summary>Who is named in the journal.</summary>
    public string Actor => life.Actor;

    /// <summary>Takes the turn, and completes what a process left that died.</summary>
    /// <exception cref="SkillStateException">Somebody else has it for a minute, or the library was tampered with.</exception>
    public IDisposable Turn()
    {
        var turn = folder.Turn();
        try
        {
            skills.View();
            skills.WriteIndex();

            // Asked only now: what another process has just installed must not be swept away.
            var view = life.Journal.View;
            folder.Sweep([.. view.Installed]);
            foreach (var (skill, version) in view.Current)
            {
                folder.Point(skill, version);
            }

            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Writes into the journal, then into the index.</summary>
    /// <param name="skill">The skill.</param>
    /// <param name="change">What happens; null where nothing does.</param>
    /// <returns>Whether something happened.</returns>
    public bool Write(string skill, Func<LifecycleView, LifecycleChange?> change)
    {
        if (life.Write(change) is null)
        {
            return false;
        }

        Follow(skill);
        return true;
    }

    /// <summary>Takes away what is in the folder and not in the journal.</summary>
    /// <exception cref="SkillStateException">The journal cannot be read, or something cannot be taken away.</exception>
    public void Sweep() => folder.Sweep([.. life.Journal.Refresh().Installed]);

    /// <summary>Lets the index and the link to the current version follow the journal.</summary>
    public void Follow(string skill)
    {
        skills.WriteIndex();
        folder.Point(skill, life.Journal.View.Current.GetValueOrDefault(skill));
    }

    /// <summary>Takes the files of a version away.</summary>
    public void Drop(string skill, string version)
    {
        folder.Drop(skill, version);
        folder.Point(skill, life.Journal.View.Current.GetValueOrDefault(skill));
    }

}
