using System.Globalization;
using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.State;

namespace PluginHost.Library;

/// <summary>
/// The folder of installed packages: <c>skill/version/</c> with the files of each and the package itself, from which alone it is ever loaded. What is
/// made is made aside and renamed, so that a version's folder is there whole or not at all; no link in it is followed.
/// </summary>
internal sealed class LibraryFolder(string path)
{
    /// <summary>The package, byte for byte.</summary>
    public const string Artifact = "artifact.palyra-skill";

    private const string Evidence = Artifact + ".intoto.jsonl";
    private const string Metadata = "install-metadata.json";
    private const string CurrentLink = "current";
    private const string Staged = ".tmp-install-";
    private const string Dropped = ".tmp-remove-";
    private const string Rule = "library";

    /// <summary>How long an installation waits for others: each of them may write 64 MiB.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Names that Windows keeps for devices: no folder can bear them there.</summary>
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })];

    /// <summary>The index, in Palyra's form.</summary>
    public string Index => Path.Combine(path, "installed-index.json");

    /// <summary>Takes turns with other processes that install or remove.</summary>
    /// <exception cref="SkillStateException">Somebody else does for a minute.</exception>
    public IDisposable Turn() => FileLock.Acquire(Path.Combine(path, ".library"), Rule, Patience);

    /// <summary>Refuses what could not be laid out here.</summary>
    /// <exception cref="SkillVerificationException">A name is reserved.</exception>
    public static void CheckNames(SignedSkill skill)
    {
        if (Devices.Contains(skill.Manifest.SkillId.Split('.')[0]))
        {
            throw new SkillVerificationException("policy", "reserved-name", $"no folder can be called '{skill.Manifest.SkillId}' everywhere");
        }

        if (skill.Artifact.Entries.FirstOrDefault(entry => entry.Path.Split('/')[0] is Artifact or Evidence or Metadata) is { } reserved)
        {
            throw new SkillVerificationException("policy", "reserved-name", $"the package has a file '{reserved.Path}', which is a name of the library's own");
        }
    }

    /// <summary>Lays a package out aside. Durable once this returns; it is nowhere yet.</summary>
    /// <returns>Where.</returns>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public string Stage(SkillArtifact package, byte[] file, byte[] evidence, InstalledSkill skill) => Try(() =>
    {
        var folder = SkillFolder(skill.SkillId);
        if (!Directory.Exists(folder))
        {
            PrivateFiles.CreateDirectory(folder);
            DirectoryFlush.Flush(path);
        }

        var staged = Path.Combine(folder, Staged + Ulid());
        PrivateFiles.CreateDirectory(staged);
        var folders = new SortedSet<string>(StringComparer.Ordinal) { staged };
        var files = new List<FileStream>();
        try
        {
            foreach (var entry in package.Entries)
            {
                Write(entry.Path.Split('/'), entry.Content);
            }

            Write([Artifact], file);
            Write([Metadata], InstallMetadata.Of(skill));
            if (evidence.Length > 0)
            {
                Write([Evidence], evidence);
            }

            // All are written first: the disk then takes them together, instead of one after the other.
            files.ForEach(stream => stream.Flush(flushToDisk: true));
        }
        finally
        {
            files.ForEach(stream => stream.Dispose());
        }

        foreach (var made in folders.Reverse())
        {
            DirectoryFlush.Flush(made);
        }

        return staged;

        void Write(string[] name, byte[] content)
        {
            var at = staged;
            foreach (var part in name[..^1])
            {
                at = Path.Combine(at, part);
                if (folders.Add(at))
                {
                    PrivateFiles.CreateDirectory(at);
                }
            }

            var stream = PrivateFiles.Create(Path.Combine(at, name[^1]));
            files.Add(stream);
            stream.Write(content);
        }
    });

    /// <summary>Puts what was laid out in its place.</summary>
    /// <exception cref="SkillStateException">Something is there, or it cannot be done.</exception>
    public void Commit(string staged, string skill, string version) => Try(() =>
    {
        Directory.Move(staged, Path.Combine(SkillFolder(skill), version));
        DirectoryFlush.Flush(SkillFolder(skill));
        return 0;
    });

    /// <summary>Puts evidence beside the package of a version that is there, where there is some.</summary>
    /// <exception cref="SkillStateException">It cannot be written.</exception>
    public void WriteEvidence(string skill, string version, byte[] evidence) => Try(() =>
    {
        if (evidence.Length > 0)
        {
            PrivateFiles.Replace(Path.Combine(Folder(Path.Combine(SkillFolder(skill), version)), Evidence), evidence);
        }

        return 0;
    });

    /// <summary>Takes what was laid out away again.</summary>
    public static void Discard(string staged)
    {
        try
        {
            Directory.Delete(staged, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody has a file of it open; the next installation does.
        }
    }

    /// <summary>Takes away what is not in the index: what a process left that died. Whoever calls has the turn.</summary>
    /// <exception cref="SkillStateException">It cannot be taken away.</exception>
    public void Sweep(IReadOnlyCollection<InstalledSkill> installed) => Try(() =>
    {
        var known = installed.Select(skill => (skill.SkillId, skill.Version)).ToHashSet();
        foreach (var folder in Directory.EnumerateDirectories(path).Where(folder => new DirectoryInfo(folder).LinkTarget is null))
        {
            foreach (var version in Directory.EnumerateDirectories(folder).Where(version => new DirectoryInfo(version).LinkTarget is null).ToList())
            {
                var name = Path.GetFileName(version);
                if (name.StartsWith(Staged, StringComparison.Ordinal) || name.StartsWith(Dropped, StringComparison.Ordinal))
                {
                    Discard(version);
                }
                else if (SkillVersion.Parse(name) is not null && !known.Contains((Path.GetFileName(folder), name)))
                {
                    Drop(Path.GetFileName(folder), name);
                }
            }
        }

        return 0;
    });

    /// <summary>Takes a version's folder away; it disappears at once, its files after that.</summary>
    /// <exception cref="SkillStateException">It cannot be taken away.</exception>
    public void Drop(string skill, string version) => Try(() =>
    {
        var folder = SkillFolder(skill);
        var from = Path.Combine(folder, version);
        if (Directory.Exists(from))
        {
            var aside = Path.Combine(folder, Dropped + Ulid());
            Directory.Move(from, aside);
            DirectoryFlush.Flush(folder);
            Discard(aside);
        }

        return 0;
    });

    /// <summary>Whether the files of a version are on this machine.</summary>
    public bool Has(string skill, string version) => Directory.Exists(Path.Combine(SkillFolder(skill), version));

    /// <summary>Whether the package of an installed version is here as it was installed.</summary>
    public bool Holds(InstalledSkill skill)
    {
        try
        {
            Read(skill).Read();
            return true;
        }
        catch (SkillStateException)
        {
            return false;
        }
    }

    /// <summary>Reads the package of an installed version and the evidence beside it. It is the one that was installed, or it is refused.</summary>
    /// <exception cref="SkillStateException">It is missing, a link, or another.</exception>
    public PackageSource Read(InstalledSkill skill) => Try(() =>
    {
        var file = Path.Combine(Folder(Path.Combine(SkillFolder(skill.SkillId), skill.Version)), Artifact);
        if (!File.Exists(file))
        {
            throw new SkillStateException("artifact", $"the package of '{skill.SkillId}' {skill.Version} is gone from the library");
        }

        if (new FileInfo(file).LinkTarget is not null)
        {
            throw new SkillStateException("artifact", $"the package of '{skill.SkillId}' {skill.Version} is a link");
        }

        byte[] bytes;
        try
        {
            bytes = PackageFile.Read(file);
        }
        catch (SkillVerificationException e)
        {
            throw new SkillStateException("artifact", $"the package of '{skill.SkillId}' {skill.Version} is another than the one that was installed: {e.Message}", e);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == skill.ArtifactSha256
            ? new PackageSource(() => bytes, () => PackageFile.Evidence(file)) { IsInstalled = true }
            : throw new SkillStateException("artifact", $"the package of '{skill.SkillId}' {skill.Version} in the library is not the one that was installed");
    });

    /// <summary>Points at the current version, for people and for Palyra; nothing here follows it. Where links cannot be made, there is none.</summary>
    public void Point(string skill, string? version)
    {
        var link = Path.Combine(path, skill, CurrentLink);
        try
        {
            if (version is null || new FileInfo(link).LinkTarget != version)
            {
                File.Delete(link);
            }

            if (version is not null)
            {
                if (!Directory.Exists(link))
                {
                    Directory.CreateSymbolicLink(link, version);
                }
            }
            else if (!Directory.EnumerateFileSystemEntries(Path.Combine(path, skill)).Any())
            {
                Directory.Delete(Path.Combine(path, skill));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The index says it, too.
        }
    }

    private string SkillFolder(string skill) => Folder(Path.Combine(path, skill));

    /// <exception cref="SkillStateException">It is a link, or others could write to it.</exception>
    private static string Folder(string folder)
    {
        var found = new DirectoryInfo(folder);
        return !found.Exists || (found.LinkTarget is null && !PrivateFiles.IsOpenToOthers(folder))
            ? folder
            : throw new SkillStateException("permissions", $"'{folder}' is a link, or others may write to it");
    }

    private static T Try<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new SkillStateException(Rule, $"the library of installed skills cannot be read or written: {e.Message}", e);
        }
    }

    /// <summary>A name that no other process uses, sorted by time: 48 bits of it, then 80 of chance, in Crockford's digits.</summary>
    private static string Ulid()
    {
        const string digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        var value = ((UInt128)(ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << 80) | (new UInt128(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..])) & ((UInt128.One << 80) - 1));
        return string.Create(CultureInfo.InvariantCulture, $"{new string([.. Enumerable.Range(0, 26).Select(i => digits[(int)((value >> (5 * (25 - i))) & 31)])])}");
    }
}
