using System.Text;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Functions;

namespace PluginHost;

/// <summary>
/// The files of the skill that a host function works for, by the paths under which the skill sees them. Each use is demanded by
/// the tool's grants and recorded, no link leads out of a root, and the skill's quota of space holds.
/// </summary>
/// <remarks>All methods throw <see cref="CapabilityDeniedException"/> where the tool was not granted it, and <see cref="IOException"/> where it fails.</remarks>
public sealed class HostFunctionFiles
{
    /// <summary>Bytes of the largest file that is read.</summary>
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly FunctionDemands _demands;

    internal HostFunctionFiles(FunctionDemands demands) => _demands = demands;

    /// <summary>Reads a file of at most 64 MiB.</summary>
    /// <param name="path">As the skill sees it, for instance <c>/cache/prices.json</c>.</param>
    public byte[] ReadAllBytes(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Use(path, Capability.FilesystemRead, default, file =>
        {
            var length = file.Status.Size;
            if (length > MaxBytes)
            {
                throw new IOException($"the file has more than {MaxBytes} bytes");
            }

            var bytes = new byte[length];
            for (var at = 0; at < bytes.Length;)
            {
                var read = file.Read(bytes.AsSpan(at), at);
                if (read == 0)
                {
                    return bytes[..at];
                }

                at += read;
            }

            return bytes;
        }, bytes => (bytes.Length, 0));
    }

    /// <summary>Reads a file of at most 64 MiB as UTF-8.</summary>
    /// <inheritdoc cref="ReadAllBytes"/>
    public string ReadAllText(string path) => Encoding.UTF8.GetString(ReadAllBytes(path));

    /// <summary>Writes a file, in place of what it held.</summary>
    /// <param name="path">As the skill sees it.</param>
    /// <param name="content">What it shall hold.</param>
    public void WriteAllBytes(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(content);
        Use(path, Capability.FilesystemWrite, new FileOpenOptions(Write: true, Create: true, Exclusive: false, Truncate: true), file =>
        {
            file.Write(content, 0);
            return content.Length;
        }, length => (0, length));
    }

    /// <summary>Writes a file as UTF-8, in place of what it held.</summary>
    /// <inheritdoc cref="WriteAllBytes"/>
    public void WriteAllText(string path, string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
    }

    private T Use<T>(string path, Capability capability, FileOpenOptions options, Func<IFileNode, T> use, Func<T, (long In, long Out)> sizes) => _demands.Run(call =>
    {
        var found = FunctionPath.Find(call.Grant, path);
        var lease = found.Demand(call, capability);
        lease?.Take(lease.Capability, lease.Resource);
        try
        {
            using var walk = PathWalk.To(found.Grant!.Tree, found.Below, followsLast: true);
            using var file = walk.Directory.OpenFile(walk.Name ?? throw new FileTreeException(FileError.IsADirectory), options);
            var result = use(file);
            var (bytesIn, bytesOut) = sizes(result);
            lease?.Close("ok", bytesIn, bytesOut);
            return result;
        }
        catch (Exception e)
        {
            lease?.Close(e is FileTreeException tree ? $"failed: {tree.Error}" : $"failed: {e.GetType().Name}");
            throw e switch
            {
                FileTreeException { Error: FileError.NotFound } => new FileNotFoundException("there is no such file", found.Canonical),
                FileTreeException { Error: var error } => new IOException($"{found.Canonical}: {error}"),
                IOException own when own.GetType() == typeof(IOException) && e.InnerException is null => own,
                _ => new IOException($"{found.Canonical}: {e.GetType().Name}"),
            };
        }
    });
}
