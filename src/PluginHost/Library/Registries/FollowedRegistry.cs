using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Library.Registries;

/// <summary>What a host keeps of a registry that it follows: what that said last, and what its log held.</summary>
/// <param name="folder">Where.</param>
internal sealed class FollowedRegistry(string folder)
{
    /// <summary>Bytes of what a registry said against packages that are kept.</summary>
    public const int MaxAdvisories = 2 * RegistryLines.MaxBytes;

    private const int MaxEntryFile = 256 * 1024 * 1024;
    private const int NameDigits = 32;
    private const string OriginFile = "origin";
    private const string KeyFile = "key";
    private const string EntriesFile = "log-entries";
    private const string TreeField = "tree";

    /// <summary>The folder of a registry.</summary>
    /// <param name="root">The folder of all of them.</param>
    /// <param name="address">Its first page.</param>
    /// <param name="key">Its key: what it said under another one stays as it is.</param>
    public static FollowedRegistry Of(string root, Uri address, string key) => new(Path.Combine(root, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{address.AbsoluteUri} {key}")))[..NameDigits]));

    /// <summary>All that are followed.</summary>
    public static IEnumerable<FollowedRegistry> All(string root) =>
        Directory.Exists(root) ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Select(path => new FollowedRegistry(path)) : [];

    /// <summary>One process at a time.</summary>
    public IDisposable Turn()
    {
        PrivateFiles.CreateDirectory(Path.GetDirectoryName(folder)!);
        PrivateFiles.CreateDirectory(folder);
        return FileLock.Acquire(Path.Combine(folder, OriginFile), "registry");
    }

    /// <summary>Address of its first page.</summary>
    public string Origin => Encoding.UTF8.GetString(Find(OriginFile, 64 * 1024)).TrimEnd('\n');

    /// <summary>Where it is kept.</summary>
    public string Folder => folder;

    /// <summary>Changes whenever something is kept: times and lengths of what was.</summary>
    public (DateTime, long, DateTime, long) Stamp => (Of(RegistryFiles.Advisories).Written, Of(RegistryFiles.Advisories).Length, Of(RegistryFiles.Timestamp).Written, Of(RegistryFiles.Delegations).Length);

    /// <summary>The timestamp that was accepted last, as it was read; empty where there is none.</summary>
    public byte[] Timestamp => Find(RegistryFiles.Timestamp, RegistryTimestamp.MaxBytes);

    /// <summary>All advisories that it ever showed.</summary>
    /// <exception cref="FormatException">They were changed here.</exception>
    public ImmutableArray<RegistryAdvisory> Advisories => Read(RegistryFiles.Advisories, RegistryAdvisory.Read);

    /// <summary>Keys that it says may publish.</summary>
    /// <exception cref="FormatException">They were changed here.</exception>
    public ImmutableArray<PublisherDelegation> Delegations => Read(RegistryFiles.Delegations, PublisherDelegation.Read);

    /// <summary>What its log held, and the tree of all of that; nothing where it was not followed yet.</summary>
    public (List<string[]> Entries, MerkleFrontier Tree) Log(string origin)
    {
        var lines = Encoding.UTF8.GetString(Find(EntriesFile, MaxEntryFile)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            return lines.Length > 0 && lines[0].Split('\t') is [TreeField, var of, var tree] && of == origin
                ? ([.. lines.Skip(1).Select(line => line.Split('\t')).Where(entry => entry.Length == WithheldFinder.Fields)], MerkleFrontier.Parse(tree))
                : ([], new MerkleFrontier());
        }
        catch (FormatException)
        {
            // All of it is read again, and held against what is signed.
            return ([], new MerkleFrontier());
        }
    }

    /// <summary>The log that was followed for it; null where none was.</summary>
    public string? LogOrigin => Encoding.UTF8.GetString(Find(EntriesFile, MaxEntryFile)).Split('\n', 2)[0].Split('\t') is [TreeField, var of, _] ? of : null;

    /// <summary>What its log held, whatever the log is called.</summary>
    public IEnumerable<string[]> LogEntries =>
        Encoding.UTF8.GetString(Find(EntriesFile, MaxEntryFile)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split('\t')).Where(entry => entry.Length == WithheldFinder.Fields);

    /// <summary>Keeps what it says now.</summary>
    public void Keep(Uri address, string key, byte[] timestamp, byte[] advisories, byte[] delegations)
    {
        PrivateFiles.Replace(PathOf(OriginFile), Encoding.UTF8.GetBytes(address.AbsoluteUri + "\n"));
        PrivateFiles.Replace(PathOf(KeyFile), Encoding.ASCII.GetBytes(key + "\n"));
        PrivateFiles.Replace(PathOf(RegistryFiles.Delegations), delegations);
        PrivateFiles.Replace(PathOf(RegistryFiles.Advisories), advisories);
        PrivateFiles.Replace(PathOf(RegistryFiles.Timestamp), timestamp);
    }

    /// <summary>The bytes of its advisories as they were kept.</summary>
    public byte[] AdvisoryBytes => Find(RegistryFiles.Advisories, MaxAdvisories);

    /// <summary>Keeps what its log holds.</summary>
    public void KeepLog(string origin, IEnumerable<string[]> entries, MerkleFrontier tree) =>
        PrivateFiles.Replace(PathOf(EntriesFile), Encoding.UTF8.GetBytes(string.Concat(entries.Prepend([TreeField, origin, tree.ToString()]).Select(entry => string.Join('\t', entry) + "\n"))));

    /// <summary>Until when what it said is fresh; null where it said nothing that can be read.</summary>
    public DateTimeOffset? Expires()
    {
        try
        {
            return Timestamp is { Length: > 0 } bytes ? RegistryTimestamp.Read(bytes, Key()).Expires : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Its lower hex public key.</summary>
    public string PublicKey => Encoding.ASCII.GetString(Find(KeyFile, NameDigits * 4)).Trim();

    private (DateTime Written, long Length) Of(string name) => new FileInfo(PathOf(name)) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

    private byte[] Key() => Convert.FromHexString(PublicKey);

    private ImmutableArray<T> Read<T>(string name, Func<ReadOnlyMemory<byte>, byte[], T> read)
    {
        var bytes = Find(name, MaxAdvisories);
        if (bytes.Length == 0)
        {
            return [];
        }

        var key = Key();
        return [.. Skills.Attestations.BundleLines.Of(bytes).Select(line => read(line, key))];
    }

    private byte[] Find(string name, int most)
    {
        try
        {
            return BoundedFile.Read(PathOf(name), most);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
