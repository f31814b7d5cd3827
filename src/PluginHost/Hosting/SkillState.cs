using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Variables;
using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>What a skill keeps between calls: its variables and its files. In memory, and shared by its tools and versions.</summary>
internal sealed class SkillState(long maxBytes, TimeProvider time)
{
    private const int MaxEntries = 10_000;
    private readonly Lock _gate = new();
    private readonly MemoryTree _tree = new(maxBytes, MaxEntries, time);
    private readonly Dictionary<string, MemoryDirectory> _directories = new(StringComparer.Ordinal);

    public VariableStore Variables { get; } = new();

    /// <summary>The directory of a root; made when it is first asked for, with the quota that is asked for then.</summary>
    public IDirectoryNode Root(RootGrant root)
    {
        lock (_gate)
        {
            var parts = root.Path.Split('/');
            var directory = Directory("", () => _tree.CreateRoot());
            for (var i = 1; i <= parts.Length; i++)
            {
                var parent = directory;
                var quota = i == parts.Length && root.MaxBytes is { } bytes ? new SpaceQuota(bytes, MaxEntries, _tree.Quota) : _tree.Quota;
                directory = Directory(string.Join('/', parts[..i]), () => parent.CreateDirectory(parts[i - 1], quota));
            }

            return directory;
        }
    }

    private MemoryDirectory Directory(string path, Func<MemoryDirectory> create)
    {
        if (!_directories.TryGetValue(path, out var directory))
        {
            _directories[path] = directory = create();
        }

        return directory;
    }
}
