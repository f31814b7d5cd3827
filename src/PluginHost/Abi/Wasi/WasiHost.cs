using System.Text;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Gate;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <summary>
/// <c>wasi_snapshot_preview1</c> for one call of a guest. All 46 functions link; what a grant does not cover answers with
/// the error number that preview 1 names, and is on record.
/// </summary>
internal sealed partial class WasiHost : IDisposable
{
    public const string Module = "wasi_snapshot_preview1";

    private const int MaxDescriptors = 1024;
    private const int MaxPathBytes = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly GuestCall _call;
    private readonly WasiProgram _program;
    private readonly long _started;
    private readonly List<Descriptor?> _descriptors = [];

    public WasiHost(GuestCall call, WasiProgram program)
    {
        _call = call;
        _program = program;
        _started = program.Time.GetTimestamp();
        _descriptors.Add(new StreamDescriptor("stdin", program.Input, input: true));
        _descriptors.Add(new StreamDescriptor("stdout", program.Output, input: false));
        _descriptors.Add(new StreamDescriptor("stderr", program.Error, input: false));
        foreach (var grant in call.Grant.Files)
        {
            _descriptors.Add(new DirectoryDescriptor(grant, grant.Root, grant.Tree, preopened: true)
            {
                Rights = Rights.Directory & Allowed(grant),
                Inheriting = Allowed(grant),
            });
        }
    }

    /// <summary>Bytes of standard input that the program took.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes that it wrote to standard output and standard error.</summary>
    public long BytesWritten { get; private set; }

    public static void Define(Linker linker)
    {
        DefineProcess(linker);
        DefineDescriptors(linker);
        DefineTransfers(linker);
        DefineDirectories(linker);
        DefinePaths(linker);
        DefineLinks(linker);
        DefineTimes(linker);
        DefineSockets(linker);
    }

    public void Dispose() => _descriptors.ForEach(descriptor => descriptor?.Dispose());

    private static WasiHost Of(Caller caller) => GuestInterfaces.Of(caller).Wasi;

    /// <summary>Runs a function; what it throws becomes the number that the guest sees.</summary>
    private static int Run(Caller caller, Func<WasiHost, Errno> function)
    {
        try
        {
            return (int)function(Of(caller));
        }
        catch (Exception e) when (NumberOf(e) is { } number)
        {
            return (int)number;
        }
    }

    /// <summary>What a guest sees of an exception; null for what is none of its business.</summary>
    private static Errno? NumberOf(Exception exception) => exception switch
    {
        WasiException e => e.Error,
        FileTreeException e => Number(e.Error),

        // The embedder's stream is closed or full.
        IOException or ObjectDisposedException or UnauthorizedAccessException => Errno.Io,

        // It is on record, and the receipt lists it.
        CapabilityDeniedException => Errno.NotCapable,
        _ => null,
    };

    private static Errno Number(FileError error) => error switch
    {
        FileError.NotFound => Errno.NoEntry,
        FileError.Exists => Errno.Exists,
        FileError.NotADirectory => Errno.NotDirectory,
        FileError.IsADirectory => Errno.IsDirectory,
        FileError.NotEmpty => Errno.NotEmpty,
        FileError.Link => Errno.Loop,
        FileError.NotALink => Errno.Invalid,
        FileError.CrossDevice => Errno.CrossDevice,
        FileError.Denied => Errno.NotPermitted,
        FileError.NoSpace => Errno.NoSpace,
        FileError.InvalidName => Errno.Invalid,
        FileError.TooLarge => Errno.FileTooBig,
        FileError.Unsupported => Errno.NotSupported,
        _ => Errno.Io,
    };

    private T Get<T>(int fd)
        where T : Descriptor => Find(fd) switch
        {
            T wanted => wanted,
            DirectoryDescriptor => throw new WasiException(Errno.IsDirectory),
            StreamDescriptor when typeof(T) == typeof(FileDescriptor) => throw new WasiException(Errno.NotSeekable),
            _ when typeof(T) == typeof(DirectoryDescriptor) => throw new WasiException(Errno.NotDirectory),
            _ => throw new WasiException(Errno.Invalid),
        };

    private Descriptor Find(int fd) =>
        (uint)fd < (uint)_descriptors.Count && _descriptors[fd] is { } descriptor ? descriptor : throw new WasiException(Errno.BadDescriptor);

    private int Add(Descriptor descriptor)
    {
        var free = _descriptors.FindIndex(3, entry => entry is null);
        if (free >= 0)
        {
            _descriptors[free] = descriptor;
            return free;
        }

        if (_descriptors.Count >= MaxDescriptors)
        {
            descriptor.Dispose();
            throw new WasiException(Errno.TooManyFiles);
        }

        _descriptors.Add(descriptor);
        return _descriptors.Count - 1;
    }

    private static string Path(Caller caller, int address, int length)
    {
        if ((uint)length > MaxPathBytes)
        {
            throw new WasiException(Errno.Invalid);
        }

        try
        {
            return StrictUtf8.GetString(GuestMemory.Of(caller).Bytes(address, (uint)length));
        }
        catch (DecoderFallbackException)
        {
            throw new WasiException(Errno.IllegalSequence);
        }
    }

    private static Rights Allowed(FileGrant grant) => grant.CanWrite ? Rights.All : Rights.All & ~Rights.Changing;

    private static void Require(Descriptor descriptor, Rights rights)
    {
        if ((descriptor.Rights & rights) != rights)
        {
            throw new WasiException(Errno.NotCapable);
        }
    }

    /// <summary>Asks for one effect on files. A granted root allows reading; changing it needs a root that was granted for writing.</summary>
    /// <returns>The lease; null where none is needed.</returns>
    private CapabilityLease? Demand(FileGrant grant, string path, bool write)
    {
        if (grant.IsOwn && !write)
        {
            return null;
        }

        if (path.Length > MaxPathBytes)
        {
            throw new WasiException(Errno.NameTooLong);
        }

        var capability = write ? Capability.FilesystemWrite : Capability.FilesystemRead;
        if (path.Split('/').Contains(".."))
        {
            return _call.Demand(capability, path, null, ($"the path leads out of root {grant.Root}", "none: no grant reaches outside of its root"));
        }

        return _call.Demand(
            capability, path,
            !write || grant.CanWrite ? $"root {grant.Root}" : null,
            grant.IsOwn
                ? ("the files of the package are never written", "none: what is signed does not change")
                : ($"root {grant.Root} is granted for reading only", WriteAdvice(grant)));
    }

    private string WriteAdvice(FileGrant grant) =>
        grant.IsMappedReadOnly ? $"a directory that is mapped to {grant.Root} for writing, too"
        : _call.Grant.Withdrawn.Contains(Capability.FilesystemWrite) ? $"a host whose WithdrawnCapabilities do not hold {Capability.FilesystemWrite}"
        : _call.Grant.Source == GrantSource.CommandLine ? $"--dir for {grant.Root} without :ro"
        : $"write_roots with \"{grant.Root.TrimStart('/')}\" in skill.toml"
            + (_call.Grant.Source == GrantSource.CapabilitiesFile ? ", and access = \"write\" in assets/capabilities.toml, among the tool's grants" : "");

    /// <summary>Carries out one effect under a lease and records what came of it.</summary>
    private static T Effect<T>(CapabilityLease? lease, Func<LeasedFiles, T> effect, Func<T, (long In, long Out)>? sizes = null)
    {
        var files = LeasedFiles.Take(lease);
        if (lease is null)
        {
            return effect(files);
        }

        T result;
        try
        {
            result = effect(files);
        }
        catch (Exception e)
        {
            lease.Close(e switch
            {
                FileTreeException file => $"failed: {file.Error}",
                WasiException wasi => $"failed: {wasi.Error}",
                _ => "failed",
            });
            throw;
        }

        var (bytesIn, bytesOut) = sizes?.Invoke(result) ?? (0, 0);
        lease.Close("ok", bytesIn, bytesOut);
        return result;
    }

    /// <summary>Uses a stream of the embedder's, which may block, without outliving the call.</summary>
    private T Stream<T>(Stream stream, Func<T> use)
    {
        if (stream is MemoryStream || stream == System.IO.Stream.Null)
        {
            return use();
        }

        var work = Task.Run(use);
        try
        {
            work.Wait(_call.Stop);
        }
        catch (AggregateException e)
        {
            throw e.InnerException!;
        }

        return work.Result;
    }
}
