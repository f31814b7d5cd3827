using System.Collections.Immutable;
using System.Text;
using PluginHost.Abi.Wasi;
using PluginHost.Audit;
using PluginHost.Capabilities;
using PluginHost.Capabilities.Files;
using PluginHost.Gate;
using PluginHost.Limits;
using PluginHost.Sandbox;

namespace PluginHost.Conformance.Wasi;

/// <summary>One run of a program through the host's own gate, on a copy of its directories.</summary>
internal sealed class WasiRun(string file, WasiCase expected, WasiBackend backend)
{
    private const long MaxBytes = 1L << 30;
    private const int MaxEntries = 100_000;
    private static readonly EngineThreads Threads = new(2);
    private static readonly CallPipeline Pipeline = new(TimeProvider.System);

    /// <returns>What was wrong; null where nothing was.</returns>
    public string? Problem()
    {
        var copies = new List<string>();
        var grants = new List<FileGrant>();
        try
        {
            foreach (var (host, guest) in expected.Directories)
            {
                var source = Path.Combine(Path.GetDirectoryName(file)!, host);
                grants.Add(new FileGrant(guest, backend == WasiBackend.Memory ? InMemory(source) : OnDisk(source, copies), CanWrite: true) { AllowsLinks = true });
            }

            return Problem([.. grants]);
        }
        finally
        {
            grants.ForEach(grant => grant.Tree.Dispose());
            copies.ForEach(copy => Directory.Delete(copy, recursive: true));
        }
    }

    private string? Problem(ImmutableArray<FileGrant> files)
    {
        var module = SandboxedModule.Load(File.ReadAllBytes(file));
        using var audit = AuditLog.InMemory(TimeProvider.System);
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        using var input = new MemoryStream(expected.Input);
        var request = new GuestRequest
        {
            Identity = SkillIdentity.Unsigned(module.Digest),
            Entry = GuestEntry.Start,
            Grant = new EffectiveGrant { Files = files, Environment = expected.Environment.ToImmutableSortedDictionary(StringComparer.Ordinal) },
            Limits = new GuestLimits { Time = TimeSpan.FromMinutes(1), MemoryBytes = MaxBytes },
            Program = new WasiProgram { Arguments = [Path.GetFileName(file), .. expected.Arguments], Input = input, Output = output, Error = error },
        };
        var result = Pipeline.ExecuteAsync(
            request.Limits.Time, deadline => module.CallAsync(Threads, audit, request, deadline, CancellationToken.None), CancellationToken.None).GetAwaiter().GetResult();
        var written = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["stdout"] = Encoding.UTF8.GetString(output.ToArray()),
            ["stderr"] = Encoding.UTF8.GetString(error.ToArray()),
        };
        return result.Stop is { } stop ? $"{stop.Code}: {stop.Message}; {WasiCommand.OneLine(written["stderr"])}"
            : result.ExitCode != expected.ExitCode ? $"exit code {result.ExitCode} instead of {expected.ExitCode}; {WasiCommand.OneLine(written["stderr"])}"
            : expected.Expected.Where(pair => !Matches(written[pair.Key], pair.Value))
                .Select(pair => $"{pair.Key} is '{WasiCommand.OneLine(written[pair.Key])}' instead of '{WasiCommand.OneLine(pair.Value)}'").FirstOrDefault();
    }

    private bool Matches(string actual, string text) => expected.ExpectsBeginnings ? actual.StartsWith(text, StringComparison.Ordinal) : actual == text;

    private static MemoryDirectory InMemory(string source)
    {
        var root = new MemoryTree(MaxBytes, MaxEntries, TimeProvider.System).CreateRoot();
        Fill(source, root);
        return root;
    }

    private static void Fill(string source, IDirectoryNode target)
    {
        foreach (var entry in Entries(source))
        {
            if (entry is DirectoryInfo)
            {
                target.CreateDirectory(entry.Name);
                using var created = target.OpenDirectory(entry.Name);
                Fill(entry.FullName, created);
            }
            else
            {
                using var created = target.OpenFile(entry.Name, new FileOpenOptions(Write: true, Create: true, Exclusive: true, Truncate: false));
                created.Write(File.ReadAllBytes(entry.FullName), 0);
            }
        }
    }

    private static HostDirectory OnDisk(string source, List<string> copies)
    {
        var copy = Directory.CreateTempSubdirectory("wasi-").FullName;
        copies.Add(copy);
        var directory = HostDirectory.Open(copy);
        Fill(source, directory);
        return directory;
    }

    /// <summary>What lies there, without what an interrupted run of another runner left.</summary>
    private static IEnumerable<FileSystemInfo> Entries(string source) =>
        new DirectoryInfo(source).EnumerateFileSystemInfos().Where(entry => !entry.Name.EndsWith(".cleanup", StringComparison.Ordinal));
}
