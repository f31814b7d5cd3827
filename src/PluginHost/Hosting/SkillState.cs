using PluginHost.Audit;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Variables;
using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>
/// What a skill keeps between calls, shared by its tools and versions: its variables, in the state directory where there is
/// one, and its files, in memory.
/// </summary>
internal sealed class SkillState(IVariableStore variables, long maxBytes, AuditQuota quota, TimeProvider time, ReservedSpace reserved)
{
    private const int MaxEntries = 10_000;
    private readonly Lock _gate = new();
    private readonly MemoryTree _tree = new(maxBytes, MaxEntries, time, reserved);
    private readonly Dictionary<string, (MemoryDirectory Directory, SpaceQuota Quota)> _directories = new(StringComparer.Ordinal);

    public IVariableStore Variables { get; } = variables;

    /// <summary>What its calls may put on record.</summary>
    public AuditQuota Quota { get; } = quota;

    /// <summary>
    /// Makes the roots of a skill before any of its tools runs. A quota holds for all tools: where two ask for the same root, the
    /// smaller one, and after an update that of the new version.
    /// </summary>
    /// <param name="roots">The roots.</param>
    /// <param name="isBeside">Whether another version runs: then its quotas go on to hold, and this one's once they are prepared again.</param>
    /// <exception cref="SkillVerificationException">An older version of the skill left something in the place of a root.</exception>
    public void Prepare(IEnumerable<RootGrant> roots, bool isBeside = false)
    {
        lock (_gate)
        {
            foreach (var (_, quota) in _directories.Where(known => !isBeside && known.Key.Length > 0).Select(known => known.Value))
            {
                quota.MaxBytes = long.MaxValue;
            }

            foreach (var root in roots.GroupBy(root => root.Path, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var isNew = !_directories.ContainsKey(root.Key);
                var quota = Make(root.Key);
                quota.MaxBytes = isBeside && !isNew ? quota.MaxBytes : root.Min(asked => asked.MaxBytes) ?? long.MaxValue;
            }
        }
    }

    /// <summary>Changes what its files may take. Lowered below what they take, nothing more can be written.</summary>
    public void Reload(long most)
    {
        lock (_tree.Gate)
        {
            _tree.Quota.MaxBytes = most;
        }
    }

    /// <summary>The directory of a root that was prepared.</summary>
    public IDirectoryNode Root(RootGrant root)
    {
        lock (_gate)
        {
            return _directories[root.Path].Directory;
        }
    }

    /// <summary>Makes a directory and those above it, each with a quota of its own inside the one above.</summary>
    private SpaceQuota Make(string path)
    {
        var (parent, quota) = Known("", () => (_tree.CreateRoot(), _tree.Quota));
        var parts = path.Split('/');
        for (var i = 1; i <= parts.Length; i++)
        {
            var (name, above, limit) = (parts[i - 1], parent, quota);
            (parent, quota) = Known(string.Join('/', parts[..i]), () => Create(above, name, new SpaceQuota(long.MaxValue, MaxEntries, limit)));
        }

        return quota;
    }

    private (MemoryDirectory Directory, SpaceQuota Quota) Known(string path, Func<(MemoryDirectory, SpaceQuota)> create)
    {
        if (!_directories.TryGetValue(path, out var known))
        {
            _directories[path] = known = create();
        }

        return known;
    }

    private static (MemoryDirectory, SpaceQuota) Create(MemoryDirectory parent, string name, SpaceQuota quota)
    {
        try
        {
            return (parent.CreateDirectory(name, quota), quota);
        }
        catch (FileTreeException)
        {
            throw new SkillVerificationException("policy", "root", $"an earlier version of the skill left something else in the place of root '{name}'");
        }
    }
}
