using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.State;

namespace PluginHost.Cli.Wasm;

/// <summary><c>--dir HOST[:GUEST][:ro]</c>: directories of the machine that a bare module may use.</summary>
internal sealed class DirectoryGrants : IDisposable
{
    private const string ReadOnlySuffix = ":ro";

    public DirectoryGrants(IEnumerable<string> flags, string? audit)
    {
        try
        {
            foreach (var flag in flags)
            {
                Files = Files.Add(Parse(flag, audit));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ImmutableArray<FileGrant> Files { get; private set; } = [];

    public void Dispose()
    {
        foreach (var grant in Files)
        {
            grant.Tree.Dispose();
        }
    }

    private static FileGrant Parse(string flag, string? audit)
    {
        var readOnly = flag.EndsWith(ReadOnlySuffix, StringComparison.Ordinal);
        var mapping = readOnly ? flag[..^ReadOnlySuffix.Length] : flag;

        // A drive letter's colon is no separator.
        var colon = mapping.IndexOf(':', OperatingSystem.IsWindows() ? Math.Min(2, mapping.Length) : 0);
        var host = colon < 0 ? mapping : mapping[..colon];
        var guest = colon < 0 ? mapping : mapping[(colon + 1)..];
        if (host.Length == 0 || guest.Length == 0)
        {
            throw new CommandError(ExitCode.Usage, "usage.dir", $"'{flag}' is not of the form HOST[:GUEST][:ro]");
        }

        try
        {
            var directory = HostDirectory.Open(host);
            if (new ProtectedPlaces([], [audit]).Overlap(directory))
            {
                directory.Dispose();
                throw new CommandError(ExitCode.Usage, "usage.dir", $"the audit log lies in '{host}': no mapped directory may hold the host's own files");
            }

            return new FileGrant(guest, directory, !readOnly);
        }
        catch (PlatformNotSupportedException e)
        {
            throw new CommandError(ExitCode.Environment, "environment.platform", e.Message);
        }
        catch (FileTreeException e)
        {
            throw new CommandError(ExitCode.Environment, "environment.file", $"'{host}' cannot be opened as a directory: {e.Error}");
        }
    }
}
