using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Logs;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.State;

namespace PluginHost.Library.Registries;

/// <summary>
/// Follows a registry: keeps what it says, quarantines what it kills, takes over what became known of installed versions, and tells what it keeps quiet about.
/// </summary>
/// <param name="services">The host.</param>
/// <param name="shelf">The library.</param>
/// <param name="root">The state.</param>
/// <param name="reAudit">Audits an installed version again and quarantines it where it fails; tells whether it was.</param>
internal sealed class RegistrySync(HostServices services, LibraryShelf shelf, StateRoot root, Func<InstalledSkill, CancellationToken, Task<SkillReAuditResult>> reAudit)
{
    /// <exception cref="SkillVerificationException">The registry cannot be used, or its log forked.</exception>
    /// <exception cref="SkillStateException">The host's own files cannot be read or written.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public async Task<SkillRegistryReport> RunAsync(RemoteRegistry registry, CancellationToken cancellation)
    {
        try
        {
            return await RunOnceAsync(registry, cancellation).ConfigureAwait(false);
        }
        catch (SkillVerificationException e) when (e.Code == RemoteRegistry.TornCode)
        {
            // Something was published between two files: that happens once, not twice.
            return await RunOnceAsync(registry, cancellation).ConfigureAwait(false);
        }
        catch (IOException e) when (FreshUntil(registry) is { } expires)
        {
            var told = $"{e.Message}; what it said last {(expires <= services.Now ? "was" : "is")} fresh until {expires:u}";
            throw e is RegistryUnreachableException ? new RegistryUnreachableException(told, e) : new IOException(told, e);
        }
    }

    /// <summary>Until when what is kept of a registry is fresh; null where nothing is.</summary>
    private DateTimeOffset? FreshUntil(RemoteRegistry registry) => registry.KeyFor(services) is { } key ? FollowedRegistry.Of(root.Registries, registry.Address, key).Expires() : null;

    private async Task<SkillRegistryReport> RunOnceAsync(RemoteRegistry registry, CancellationToken cancellation)
    {
        var snapshot = await registry.SnapshotAsync(services, cancellation).ConfigureAwait(false);
        var timestamp = snapshot.Timestamp ?? throw Refused("registry", "it has no timestamp, so nobody can tell whether what it says is fresh: it cannot be followed");
        using var reader = registry.Reader();
        var key = Convert.FromHexString(snapshot.Key);
        var advisories = await ReadAsync(reader, registry, timestamp, RegistryFiles.Advisories, cancellation).ConfigureAwait(false);
        var delegations = await ReadAsync(reader, registry, timestamp, RegistryFiles.Delegations, cancellation).ConfigureAwait(false);
        var said = Lines(advisories, key, RegistryAdvisory.Read);
        _ = Lines(delegations, key, PublisherDelegation.Read);
        var followed = FollowedRegistry.Of(root.Registries, registry.Address, snapshot.Key);
        using var turn = followed.Turn();
        var (known, withdrawn) = Keep(followed, registry, snapshot, said, advisories, delegations);
        var quarantined = Quarantine(registry, known).ToList();
        var (more, left) = await RefreshAsync(reader, snapshot.Entries, cancellation).ConfigureAwait(false);
        quarantined.AddRange(more);
        List<string> withheld = [.. withdrawn, .. left];
        try
        {
            var (entries, size) = await new RegistryLogWatch(root.Logs, services.Inspection.Chain, services.Time)
                .FollowAsync(new RegistryLogFiles(reader, reader.Resolve(registry.Address, RegistryFiles.Log + "/")), timestamp.Log, followed, cancellation).ConfigureAwait(false);
            withheld.AddRange(size is null ? [] : Withheld(entries, snapshot, known));
            var report = Report(registry, snapshot, known, quarantined, withheld, size);
            Record(report, null);
            return report;
        }
        catch (Exception e) when (e is SkillVerificationException or IOException)
        {
            // What was done until here is on record, whatever its log does.
            Record(Report(registry, snapshot, known, quarantined, withheld, null), (e as SkillVerificationException)?.Code ?? "io");
            throw;
        }
    }

    private static SkillVerificationException Refused(string rule, string what) => new("policy", rule, $"the registry cannot be used: {what}");

    private static async Task<byte[]> ReadAsync(IRegistryReader reader, RemoteRegistry registry, RegistryTimestamp timestamp, string name, CancellationToken cancellation)
    {
        if (!timestamp.Files.TryGetValue(name, out var digest))
        {
            throw Refused("registry", $"its timestamp does not speak for '{name}'");
        }

        var bytes = await reader.FindAsync(reader.Resolve(registry.Address, name), RegistryLines.MaxBytes, cancellation).ConfigureAwait(false) ?? throw Refused("registry-torn", $"it has no '{name}'");
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == digest ? bytes : throw Refused("registry-torn", $"its timestamp does not speak for '{name}' as it is");
    }

    private static ImmutableArray<T> Lines<T>(byte[] bytes, byte[] key, Func<ReadOnlyMemory<byte>, byte[], T> read)
    {
        try
        {
            return RegistryLines.Read(bytes, line => read(line, key));
        }
        catch (FormatException e)
        {
            throw Refused("registry-signature", $"what it says does not hold: {e.Message}");
        }
    }

    /// <summary>Keeps what it says. What it said once and does not any more is kept, too, and told.</summary>
    private static (ImmutableArray<RegistryAdvisory> Known, List<string> Withdrawn) Keep(
        FollowedRegistry followed, RemoteRegistry registry, RegistrySnapshot snapshot, ImmutableArray<RegistryAdvisory> said, byte[] advisories, byte[] delegations)
    {
        var before = followed.Timestamp;
        try
        {
            var key = Convert.FromHexString(snapshot.Key);
            if (before.Length > 0 && snapshot.Timestamp!.WhyNotAfter(RegistryTimestamp.Read(before, key)) is { } reason)
            {
                throw Refused("registry-stale", reason);
            }

            var ids = said.Select(advisory => advisory.Id).ToHashSet(StringComparer.Ordinal);
            var gone = followed.Advisories.Where(advisory => !ids.Contains(advisory.Id)).ToList();
            byte[] kept = [.. advisories, .. advisories.Length > 0 && advisories[^1] != '\n' ? "\n"u8 : [], .. Kept(followed.AdvisoryBytes, key, ids)];
            if (kept.Length > FollowedRegistry.MaxAdvisories)
            {
                throw Refused("registry", "it has said more against packages, and taken more of that back, than can be kept");
            }

            followed.Keep(registry.Address, snapshot.Key, snapshot.Bytes, kept, delegations);
            return ([.. said, .. gone], [.. gone.Select(advisory => $"what it said against {advisory.Skill} {advisory.Version} it does not say any more ({RegistryAdvisory.NameOf(advisory.Action)}: {advisory.Reason})")]);
        }
        catch (FormatException e)
        {
            throw new SkillStateException("registry", $"what is kept of the registry cannot be used: {e.Message}", e);
        }
    }

    private static byte[] Kept(byte[] before, byte[] key, HashSet<string> said) =>
        [.. BundleLines.Of(before).Where(line => !said.Contains(RegistryAdvisory.Read(line, key).Id)).SelectMany(line => line.ToArray().Append((byte)'\n'))];

    private IEnumerable<string> Quarantine(RemoteRegistry registry, ImmutableArray<RegistryAdvisory> known)
    {
        foreach (var kill in known.Where(advisory => advisory.Action == AdvisoryAction.Kill))
        {
            if (services.Life.QuarantineKilled(kill.Payload, $"{RemoteRegistry.OriginOf(registry.Address)} killed it: {kill.Reason}"))
            {
                yield return $"{kill.Skill} {kill.Version}: {kill.Reason}";
            }
        }
    }

    /// <summary>Takes over links that became known of installed versions, and audits those again. What was known stays, whatever the registry shows now.</summary>
    private async Task<(List<string> Quarantined, List<string> Left)> RefreshAsync(IRegistryReader reader, ImmutableArray<RegistryEntry> entries, CancellationToken cancellation)
    {
        var (quarantined, left) = (new List<string>(), new List<string>());
        var rules = services.Inspection.Chain;
        foreach (var installed in services.Life.Journal.View.Installed)
        {
            if (entries.FirstOrDefault(entry => entry.SkillId == installed.SkillId && entry.Version.ToString() == installed.Version && entry.ArtifactSha256 == installed.ArtifactSha256) is not { } offered || !shelf.Folder.Holds(installed))
            {
                continue;
            }

            var shown = await RemoteRegistry.EvidenceAsync(reader, offered, cancellation).ConfigureAwait(false);
            using (shelf.Turn())
            {
                if (!shelf.Folder.Holds(installed))
                {
                    continue;
                }

                var source = shelf.Folder.Read(installed);
                var known = source.Evidence();
                var lines = BundleLines.Envelopes(known).Select(line => Convert.ToBase64String(line.Span)).ToHashSet(StringComparer.Ordinal);
                if (BundleLines.Envelopes(shown).All(line => lines.Contains(Convert.ToBase64String(line.Span))))
                {
                    continue;
                }

                var (merged, added, without) = new EvidenceMerge(SignedSkill.Verify(SkillArtifact.Read(source.Read())), rules.IsBelieved, rules.Logs).Add(known, shown);
                if (without > 0)
                {
                    left.Add($"{installed.SkillId} {installed.Version}: its bundle shows {without} lines more than there is room for");
                }

                if (added == 0)
                {
                    continue;
                }

                shelf.Folder.WriteEvidence(installed.SkillId, installed.Version, merged);
            }

            var result = await reAudit(installed, cancellation).ConfigureAwait(false);
            if (result.WasQuarantined)
            {
                quarantined.Add($"{installed.SkillId} {installed.Version}: {string.Join("; ", result.Reasons)}");
            }
        }

        return (quarantined, left);
    }

    private IEnumerable<string> Withheld(IReadOnlyCollection<string[]> entries, RegistrySnapshot snapshot, ImmutableArray<RegistryAdvisory> known)
    {
        var finder = new WithheldFinder(entries);
        var said = known.Select(advisory => advisory.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var told in finder.Releases(snapshot.Entries, known).Concat(finder.Unlogged(snapshot.Entries)).Concat(finder.Reused()).Concat(finder.Advisories(said)))
        {
            yield return told;
        }

        foreach (var installed in services.Life.Journal.View.Installed.Where(shelf.Folder.Holds))
        {
            var shown = BundleLines.Envelopes(shelf.Folder.Read(installed).Evidence()).Select(IdOf).OfType<string>().ToImmutableHashSet(StringComparer.Ordinal);
            if (snapshot.Entries.Any(entry => entry.SkillId == installed.SkillId && entry.Version.ToString() == installed.Version && entry.ArtifactSha256 == installed.ArtifactSha256) && finder.IsUnlogged(installed.SkillId, installed.Version, installed.PayloadSha256))
            {
                yield return $"{installed.SkillId} {installed.Version} is offered with another payload than its log has";
            }

            // What is not offered any more is not fetched either: what is new of it could not have been seen.
            if (known.Any(advisory => advisory.Action != AdvisoryAction.Advise && advisory.Payload == installed.PayloadSha256))
            {
                continue;
            }

            foreach (var told in finder.Links(installed.PayloadSha256, shown))
            {
                yield return told;
            }
        }
    }

    /// <summary>Id of a line of a bundle; null where it is no envelope.</summary>
    internal static string? IdOf(ReadOnlyMemory<byte> line)
    {
        try
        {
            return DsseEnvelope.Read(line).Id;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private SkillRegistryReport Report(RemoteRegistry registry, RegistrySnapshot snapshot, ImmutableArray<RegistryAdvisory> known, List<string> quarantined, List<string> withheld, long? size)
    {
        var timestamp = snapshot.Timestamp!;
        var view = services.Life.Journal.View;
        var updates = view.Current.Select(current => (Id: current.Key, Installed: view.Find(current.Key, current.Value)?.Installed))
            .SelectMany(current => snapshot.Entries.Where(entry => entry.SkillId == current.Id && current.Installed is not null && Skills.Manifests.SkillVersion.Parse(current.Installed.Version) is { } version && entry.Version.CompareTo(version) > 0)
                .OrderByDescending(entry => entry.Version).Take(1));
        return new SkillRegistryReport
        {
            Index = registry.Address,
            Name = timestamp.Registry,
            Version = timestamp.Version,
            Expires = timestamp.Expires,
            IsStale = timestamp.Expires <= services.Now,
            Offered = snapshot.Entries.Length,
            Advisories = [.. known.Select(advisory => new SkillAdvisory(RegistryAdvisory.NameOf(advisory.Action), advisory.Skill, advisory.Version, advisory.Payload, advisory.Reason, advisory.IssuedAt))],
            Quarantined = quarantined,
            Updates = [.. updates.Select(entry => $"{entry.SkillId} {entry.Version}")],
            Withheld = withheld,
            LogSize = size,
        };
    }

    private void Record(SkillRegistryReport report, string? refusal) => services.Audit.AppendAfter("lifecycle", writer =>
    {
        writer.WriteString("event", "registry-sync");
        writer.WriteString("registry", report.Index.AbsoluteUri);
        writer.WriteNumber("version", report.Version);
        writer.WriteBoolean("stale", report.IsStale);
        writer.WriteNumber("quarantined", report.Quarantined.Count);
        writer.WriteNumber("withheld", report.Withheld.Count);
        if (refusal is not null)
        {
            writer.WriteString("log_refused", refusal);
        }
    }, out _);
}
