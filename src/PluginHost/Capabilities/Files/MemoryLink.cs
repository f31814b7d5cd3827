using System.Text;

namespace PluginHost.Capabilities.Files;

/// <summary>A symbolic link of a <see cref="MemoryTree"/>. Used under the tree's lock.</summary>
internal sealed class MemoryLink : MemoryEntry
{
    private readonly SpaceQuota _quota;
    private readonly int _bytes;

    /// <exception cref="FileTreeException">There is no room for it.</exception>
    public MemoryLink(MemoryTree tree, SpaceQuota quota, string target)
        : base(tree)
    {
        Target = target;
        _quota = quota;
        _bytes = Encoding.UTF8.GetByteCount(target);
        if (!quota.TryTake(_bytes))
        {
            throw new FileTreeException(FileError.NoSpace);
        }
    }

    public string Target { get; }

    public override FileStatus Status => new(FileKind.Link, Id, (ulong)Names, _bytes, Times);

    protected override void Forgotten() => _quota.TryTake(-_bytes);
}
