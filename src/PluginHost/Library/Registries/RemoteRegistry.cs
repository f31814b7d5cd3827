using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PluginHost.Hosting;
using PluginHost.Logs;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Trust;

namespace PluginHost.Library.Registries;

/// <summary>
/// A registry behind an address: pages of a signed index, and packages beside them. Its key is one that an operator named for this very origin, and has no
/// other role; an index that is older than one that was accepted is refused.
/// </summary>
/// <param name="address">The first page.</param>
/// <param name="key">Its key, where the caller names it; null for the one that the state knows.</param>
/// <param name="roots">Certificates that its own has to come from; null for those of the system.</param>
internal sealed class RemoteRegistry(Uri address, string? key, X509Certificate2Collection? roots) : IRegistry
{
    private RegistrySnapshot? _last;

    private const int MaxPages = 20;
    private const int MaxEntries = 10_000;
    /// <summary>Clocks of machines differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    /// <summary>What a sight of a registry is refused with whose files are not of one moment.</summary>
    public const string TornCode = "policy.registry-torn";

    /// <summary>Bytes of a package, as in Palyra.</summary>
    private const int MaxArtifact = 64 << 20;

    /// <summary>Names a registry in the state: scheme, host and port; for one that was brought here its directory.</summary>
    public static string OriginOf(Uri address) => address.IsFile ? new Uri(address, ".").AbsoluteUri : address.GetLeftPart(UriPartial.Authority).ToLowerInvariant();

    /// <summary>Address of its first page.</summary>
    public Uri Address => address;

    /// <inheritdoc/>
    public string? KeyFor(HostServices services) => key ?? services.Trust.Read().Ledger.Registries?.GetValueOrDefault(OriginOf(address))?.Key;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegistryEntry>> ReadAsync(HostServices services, CancellationToken cancellation)
    {
        var snapshot = _last = await SnapshotAsync(services, cancellation).ConfigureAwait(false);
        return snapshot.Timestamp is { } timestamp && timestamp.Expires <= services.Now
            ? throw Refused("registry-stale", $"what it says was fresh until {timestamp.Expires:u}")
            : snapshot.Entries;
    }

    /// <summary>What it offers, with its timestamp, whether or not that is fresh.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<RegistrySnapshot> SnapshotAsync(HostServices services, CancellationToken cancellation)
    {
        try
        {
            return await ReadPagesAsync(services, cancellation).ConfigureAwait(false);
        }
        catch (SkillVerificationException e) when (e.Code == TornCode)
        {
            // Something was published between two files: that happens once, not twice.
            return await ReadPagesAsync(services, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task FollowLogAsync(HostServices services, CancellationToken cancellation)
    {
        var rules = services.Inspection.Chain;
        if (services.Root is not { } root || _last is not { Timestamp: { } timestamp } snapshot || !rules.Logs.Logs.Any(log => log.Key.Name == timestamp.Log.Origin))
        {
            return;
        }

        using var reader = Reader();
        var followed = FollowedRegistry.Of(root.Registries, address, snapshot.Key);
        using var turn = followed.Turn();
        await new RegistryLogWatch(root.Logs, rules, services.Time)
            .FollowAsync(new RegistryLogFiles(reader, reader.Resolve(address, RegistryFiles.Log + "/")), timestamp.Log, followed, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens what its files are read with.</summary>
    public IRegistryReader Reader() => address.IsFile ? new MirrorReader(address) : new RegistryClient(address, roots);

    private async Task<RegistrySnapshot> ReadPagesAsync(HostServices services, CancellationToken cancellation)
    {
        var signer = Key(services.Trust.Read(), services.Trusts);
        using var client = Reader();
        var pages = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<Uri>();
        var entries = ImmutableArray.CreateBuilder<RegistryEntry>();
        long? generated = null;
        for (Uri? next = address; next is not null;)
        {
            if (!seen.Add(next) || seen.Count > MaxPages)
            {
                throw Refused("registry", seen.Count > MaxPages ? $"its index has more than {MaxPages} pages" : $"its pages go round in a circle at {next}");
            }

            var at = next;
            var bytes = await GetAsync(client, at, RegistryPage.MaxBytes, cancellation).ConfigureAwait(false);
            pages[address.MakeRelativeUri(at).ToString() is { Length: > 0 } name ? name : RegistryFiles.Index] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            var page = RegistryPage.Read(bytes, Convert.FromHexString(signer));
            CheckTime(services, page, generated ??= page.GeneratedAtUnixMs);
            if (entries.Count + page.Entries.Length > MaxEntries)
            {
                throw Refused("registry", $"it has more than {MaxEntries} packages");
            }

            entries.AddRange(page.Entries.Select(entry => entry with { Address = client.Resolve(at, entry.Artifact) }));
            next = page.NextPage is { } reference ? client.Resolve(at, reference) : null;
        }

        if (entries.GroupBy(entry => (entry.SkillId, entry.Version)).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refused("registry", $"'{twice.Key.SkillId}' {twice.Key.Version} is there more than once");
        }

        var (timestamp, stamp) = await TimestampAsync(services, client, signer, pages, cancellation).ConfigureAwait(false);
        Remember(services, signer, generated!.Value, timestamp?.Version);
        return new RegistrySnapshot(entries.ToImmutable(), timestamp, stamp, signer);
    }

    /// <summary>The timestamp, which has to be about these pages; null where there is none.</summary>
    private async Task<(RegistryTimestamp? Timestamp, byte[] Bytes)> TimestampAsync(HostServices services, IRegistryReader client, string signer, Dictionary<string, string> pages, CancellationToken cancellation)
    {
        byte[]? found;
        try
        {
            found = await client.FindAsync(client.Resolve(address, RegistryFiles.Timestamp), RegistryTimestamp.MaxBytes, cancellation).ConfigureAwait(false);
        }
        catch (IOException) when (services.Trust.Read().Ledger.Registries?.GetValueOrDefault(OriginOf(address))?.Timestamps?.ContainsKey(address.PathAndQuery) != true)
        {
            // Servers have other answers than "not found" for what they do not have; one that never had a timestamp needs none.
            found = null;
        }

        // Whoever follows it knows that it has one, and which was the last, whether or not an operator listed it.
        var seen = services.Registries.LastOf(address, signer);
        if (found is not { } bytes)
        {
            return seen is null ? (null, []) : throw Refused("registry-stale", "it had a timestamp, and shows none");
        }

        try
        {
            var timestamp = RegistryTimestamp.Read(bytes, Convert.FromHexString(signer));
            if (seen is not null && timestamp.WhyNotAfter(seen) is { } reason)
            {
                throw Refused("registry-stale", reason);
            }

            return pages.FirstOrDefault(page => timestamp.Files.GetValueOrDefault(page.Key) != page.Value) is { Key: { } other }
                ? throw new SkillVerificationException("policy", "registry-torn", $"the registry cannot be used: its timestamp does not speak for '{other}' as it is")
                : (timestamp, bytes);
        }
        catch (FormatException e)
        {
            throw Refused("registry-signature", $"its timestamp does not hold: {e.Message}");
        }
    }

    private static async Task<byte[]> GetAsync(IRegistryReader client, Uri place, int most, CancellationToken cancellation) =>
        await client.FindAsync(place, most, cancellation).ConfigureAwait(false) ?? throw new IOException($"there is no {place}");

    /// <inheritdoc/>
    public async Task<PackageSource> OpenAsync(RegistryEntry entry, CancellationToken cancellation)
    {
        using var client = Reader();
        var place = entry.Address!;
        var bytes = await GetAsync(client, place, (int)Math.Min(MaxArtifact, entry.ArtifactBytes ?? MaxArtifact), cancellation).ConfigureAwait(false);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != entry.ArtifactSha256 || (entry.ArtifactBytes is { } length && length != bytes.Length))
        {
            throw Refused("registry", $"'{place}' is another file than the one that was listed");
        }

        var evidence = await EvidenceAsync(client, entry, cancellation).ConfigureAwait(false);
        return new PackageSource(() => bytes, () => evidence);
    }

    /// <inheritdoc/>
    public InstalledSource SourceOf(RegistryEntry entry) => new(InstalledSource.RemoteRegistry, entry.Address!.AbsoluteUri);

    /// <summary>As beside a file: evidence has no authority of its own, so nothing fails where there is none that could be read.</summary>
    public static async Task<byte[]> EvidenceAsync(IRegistryReader client, RegistryEntry entry, CancellationToken cancellation)
    {
        var place = entry.Address!;
        try
        {
            return await client.FindAsync(new UriBuilder(place) { Path = place.AbsolutePath + RegistryFiles.BundleExtension }.Uri, EvidenceBundle.MaxBytesWithProofs, cancellation).ConfigureAwait(false) ?? [];
        }
        catch (Exception e) when (e is IOException or SkillVerificationException)
        {
            return [];
        }
    }

    /// <summary>All pages are of one index: otherwise whoever serves them could put old ones beside new ones.</summary>
    private static void CheckTime(HostServices services, RegistryPage page, long generated)
    {
        if (page.GeneratedAtUnixMs != generated)
        {
            throw Refused("registry-stale", "its pages were not made at the same time");
        }

        if (generated > services.Now.Add(ClockTolerance).ToUnixTimeMilliseconds())
        {
            throw Refused("registry-stale", "its index says that it was made in the future");
        }
    }

    private string Key(TrustView view, TrustRules rules)
    {
        var origin = OriginOf(address);
        var listed = view.Ledger.Registries?.GetValueOrDefault(origin) is { Until: null } record ? record.Key : null;
        if (key is not null && listed is not null && key != listed)
        {
            throw Refused("registry-key", $"another key is known for {origin}");
        }

        var signer = key ?? listed ?? throw Refused("registry-key", $"no key is known for {origin} ('trust registry add {origin}=KEY')");
        return view.Ledger.RevokedKeys.ContainsKey(signer) || view.Ledger.FormerRegistryKeys?.Contains(signer) == true ? throw Refused("registry-key", "its key does not count any more")
            : view.RoleOf(signer, rules) is { } role and not TrustLedger.RegistryRole ? throw Refused("registry-key", $"its key is a {role}'s here, and a key has one role")
            : signer;
    }

    /// <summary>Keeps of when the index is. What nobody listed is not remembered. Fetching it may have taken long: whether its key counts is asked once more.</summary>
    private void Remember(HostServices services, string signer, long generated, long? timestamp)
    {
        var origin = OriginOf(address);
        services.Trust.Change(view =>
        {
            if (Key(view, services.Trusts) != signer)
            {
                throw Refused("registry-key", "another key was listed for it meanwhile");
            }

            return view.Ledger.Registries?.GetValueOrDefault(origin) is not { Until: null } known || known.Seen(address.PathAndQuery, generated).Stamped(address.PathAndQuery, timestamp) is var seen && seen == known ? view
                : view with { Ledger = view.Ledger with { Registries = view.Ledger.Registries.SetItem(origin, seen) } };
        });
    }

    private static SkillVerificationException Refused(string rule, string what) => new("policy", rule, $"the registry cannot be used: {what}");
}
