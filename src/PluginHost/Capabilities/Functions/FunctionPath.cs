using PluginHost.Capabilities.Files;
using PluginHost.Gate;

namespace PluginHost.Capabilities.Functions;

/// <summary>A path as the guest would write it, and the grant that it falls under.</summary>
/// <param name="Grant">Null where no root of the tool holds it.</param>
/// <param name="Canonical">The path without dots and doubled slashes.</param>
/// <param name="Below">The path from the root on.</param>
internal sealed record FunctionPath(FileGrant? Grant, string Canonical, string Below)
{
    private const int MaxPath = 4096;

    /// <summary>Finds the root that holds a path: the longest.</summary>
    public static FunctionPath Find(EffectiveGrant grant, string path)
    {
        if (path.Length > MaxPath || !path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal))
        {
            return new FunctionPath(null, path, "");
        }

        // Dots are not taken away here: what the walk would refuse is refused, whatever root it would lead back to.
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToList();
        var canonical = "/" + string.Join('/', parts);
        var root = parts.Contains("..") ? null : grant.Files.Where(files => Holds(files.Root, canonical)).MaxBy(files => files.Root.Length);
        return new FunctionPath(root, canonical, root is null || root.Root.Length >= canonical.Length ? "." : canonical[root.Root.Length..].TrimStart('/'));
    }

    /// <summary>Asks for it.</summary>
    /// <returns>The lease; null where a skill's own signed bytes are read, for which none is needed.</returns>
    /// <exception cref="CapabilityDeniedException">It is not granted.</exception>
    public CapabilityLease? Demand(GuestCall call, Capability capability)
    {
        var write = capability == Capability.FilesystemWrite;
        if (Grant is { IsOwn: true } && !write)
        {
            return null;
        }

        return call.Demand(
            capability, Canonical,
            Grant is { } grant && (!write || grant.CanWrite) ? $"root {grant.Root}" : null,
            Grant is null ? ("no root of the tool holds the path", $"a root that holds it among the tool's grants of {capability}")
            : Grant.IsOwn ? ("the files of the package are never written", "none: what is signed does not change")
            : ($"root {Grant.Root} is granted for reading only", $"root {Grant.Root} among the tool's grants of {capability}"));
    }

    private static bool Holds(string root, string path) => root == "/" || path == root || path.StartsWith(root + "/", StringComparison.Ordinal);
}
