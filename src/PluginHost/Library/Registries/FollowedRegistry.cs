using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Hosting;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Library.Registries;

/// <summary>What a host keeps of a registry that it follows: what that said last, and what its log held.</summary>
/// <param name="folder">Where.</param>
internal sealed class FollowedRegistry(string folder)
{
    private const int MaxEntryFile = 256 * 1024 * 1024;
    private const int NameDigits = 32;
    private const string OriginFile = "origin";
    private const string KeyFile = "key";
    private const string EntriesFile = "log-entries";

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

    /// <summary>Changes whenever something is kept.</summary>
    public DateTime Written => File.Exists(PathOf(RegistryFiles.Advisories)) ? File.GetLastWriteTimeUtc(PathOf(RegistryFiles.Advisories)) : default;

    /// <summary>The timestamp that was accepted last, as it was read; empty where there is none.</summary>
    public byte[] Timestamp => Find(RegistryFiles.Timestamp, RegistryTimestamp.MaxBytes);

    /// <summary>All advisories that it ever showed.</summary>
    /// <exception cref="FormatException">They were changed here.</exception>
    public ImmutableArray<RegistryAdvisory> Advisories => Read(RegistryFiles.Advisories, RegistryAdvisory.Read);

    /// <summary>Keys that it says may publish.</summary>
    /// <exception cref="FormatException">They were changed here.</exception>
    public ImmutableArray<PublisherDelegation> Delegations => Read(RegistryFiles.Delegations, PublisherDelegation.Read);

    /// <summary>What its log held, one entry on a line.</summary>
    public IEnumerable<string[]> Entries => Encoding.UTF8.GetString(Find(EntriesFile, MaxEntryFile)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'));

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
    public byte[] AdvisoryBytes => Find(RegistryFiles.Advisories, 2 * RegistryLines.MaxBytes);

    /// <summary>Keeps what its log holds.</summary>
    public void KeepEntries(IEnumerable<string[]> entries) => PrivateFiles.Replace(PathOf(EntriesFile), Encoding.UTF8.GetBytes(string.Concat(entries.Select(entry => string.Join('\t', entry) + "\n"))));

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

    private byte[] Key() => Convert.FromHexString(Encoding.ASCII.GetString(Find(KeyFile, NameDigits * 4)).Trim());

    private ImmutableArray<T> Read<T>(string name, Func<ReadOnlyMemory<byte>, byte[], T> read)
    {
        var bytes = Find(name, 2 * RegistryLines.MaxBytes);
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
