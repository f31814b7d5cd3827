using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>The trees behind a skill's roots: mapped directories, else its own in memory; and its assets.</summary>
internal sealed class SkillFiles(FileGrant own, SkillState state, ImmutableDictionary<string, HostDirectory> mapped, ImmutableHashSet<string> readOnly, ImmutableArray<RootGrant> kept)
{
    public SkillState State => state;

    /// <summary>The quotas of its roots in memory hold, in the place of another version's.</summary>
    public void ApplyQuotas() => state.Prepare(kept);

    public IEnumerable<HostDirectory> Mapped => mapped.Values;

    /// <summary>What a tool with these roots sees.</summary>
    public ImmutableArray<FileGrant> Of(ImmutableArray<RootGrant> roots) =>
    [
        own,
        .. roots.Select(root => new FileGrant("/" + root.Path, Tree(root), root.CanWrite && !readOnly.Contains(root.Path)) { IsMappedReadOnly = readOnly.Contains(root.Path) }),
    ];

    /// <summary>Roots as the operator mapped them: for reading only, whatever was asked.</summary>
    public ImmutableArray<RootGrant> AsMapped(ImmutableArray<RootGrant> roots) =>
        [.. roots.Select(root => readOnly.Contains(root.Path) ? root with { CanWrite = false } : root)];

    private IDirectoryNode Tree(RootGrant root) => mapped.TryGetValue(root.Path, out var directory) ? directory : state.Root(root);
}
