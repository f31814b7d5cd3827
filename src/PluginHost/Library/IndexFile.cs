using PluginHost.Hosting;
using PluginHost.Lifecycle;
using PluginHost.State;

namespace PluginHost.Library;

/// <summary>
/// The file of the index. The journal is the truth: the file is what it comes to, written for people and for Palyra. One that says anything
/// else than the journal does, or did before its last line, was written by somebody else.
/// </summary>
internal sealed class IndexFile(string path)
{
    private const int MaxBytes = 64 << 20;
    private const int Attempts = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Refuses an index that somebody edited. Another process may be writing it just now, so it is looked at more than once.</summary>
    /// <exception cref="SkillStateException">Somebody did, or it cannot be read.</exception>
    public LifecycleView Check(LifecycleJournal journal)
    {
        for (var attempt = 1; ; attempt++)
        {
            var view = journal.View;
            var (written, index) = (Read(), view.Index?.Write());
            if (Same(written, index) || Same(written, view.IndexBefore?.Write()))
            {
                return view;
            }

            if (attempt == Attempts)
            {
                throw new SkillStateException("index-changed", "installed-index.json is not the one that was written last: it was edited, deleted or put back from a copy; 'pluginhost skills reindex' writes it anew, on record");
            }

            Thread.Sleep(Pause);
        }
    }

    /// <summary>Writes what the journal comes to. Whoever calls has the turn.</summary>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public void Write(LifecycleView view)
    {
        if (view.Index is not { } index || Same(Read(), index.Write()))
        {
            return;
        }

        try
        {
            PrivateFiles.Replace(path, index.Write());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("index", $"installed-index.json cannot be written: {e.Message}", e);
        }
    }

    private byte[]? Read()
    {
        try
        {
            return File.Exists(path) ? BoundedFile.Read(path, MaxBytes) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("index", $"installed-index.json cannot be read: {e.Message}", e);
        }
    }

    private static bool Same(byte[]? one, byte[]? other) => one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);
}
