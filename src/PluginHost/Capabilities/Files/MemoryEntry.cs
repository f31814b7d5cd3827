namespace PluginHost.Capabilities.Files;

/// <summary>What a name in a <see cref="MemoryTree"/> stands for. Used under the tree's lock.</summary>
internal abstract class MemoryEntry(MemoryTree tree)
{
    public ulong Id { get; } = tree.NextId();

    public abstract FileStatus Status { get; }

    /// <summary>How many names it has.</summary>
    protected int Names { get; private set; } = 1;

    protected FileTimes Times { get; set; } = FileTimes.At(tree.Now);

    public void SetTimes(DateTimeOffset? accessed, DateTimeOffset? modified) => Times = Times.With(accessed, modified, tree.Now);

    /// <summary>Gives it one more name.</summary>
    public void Link()
    {
        Names++;
        Times = Times with { Changed = tree.Now };
    }

    /// <summary>Takes a name away.</summary>
    public void Unlink()
    {
        Names--;
        Times = Times with { Changed = tree.Now };
        if (Names == 0)
        {
            Forgotten();
        }
    }

    /// <summary>Its last name is gone.</summary>
    protected abstract void Forgotten();

    /// <summary>Its content changed.</summary>
    protected void Touch() => Times = Times.Touched(tree.Now);
}
