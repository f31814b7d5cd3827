using PluginHost.Capabilities.Files;
using PluginHost.Hosting;

namespace PluginHost.Library.Registries;

/// <summary>Reads a registry's directory that was brought here. Links are not followed out of it.</summary>
/// <param name="index">Address of its first page.</param>
internal sealed class MirrorReader(Uri index) : IRegistryReader
{
    private readonly string _root = Path.GetDirectoryName(Path.GetFullPath(index.LocalPath))!;

    public void Dispose()
    {
        // Nothing is held open.
    }

    /// <inheritdoc/>
    public Uri Resolve(Uri from, string reference) => Uri.TryCreate(from, reference, out var address) && !address.LocalPath.Contains('\0') && IsHere(address) ? address : throw Refused($"'{reference}' leads out of {_root}");

    /// <inheritdoc/>
    public Task<byte[]?> FindAsync(Uri address, int most, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var path = Path.GetFullPath(address.LocalPath);
        if (!IsHere(address) || Links(path))
        {
            throw Refused($"'{address.LocalPath}' leads out of {_root}");
        }

        try
        {
            return Task.FromResult(!File.Exists(path) ? null
                : OperatingSystem.IsLinux() && LinuxFiles.KindOf(path) is not FileKind.Regular ? throw Refused($"'{path}' is no regular file")
                : BoundedFile.Read(path, most));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FormatException)
        {
            throw new IOException(e.Message, e);
        }
    }

    private bool IsHere(Uri address) => address.IsFile && address.Host.Length == 0 && Path.GetFullPath(address.LocalPath).StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Whether a part of the way below the directory is a link.</summary>
    private bool Links(string path)
    {
        for (var at = path; at.Length > _root.Length; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static SkillVerificationException Refused(string what) => new("policy", "registry", $"the registry cannot be used: {what}");
}
