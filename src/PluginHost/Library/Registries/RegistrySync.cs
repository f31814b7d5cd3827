using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Hosting;
using PluginHost.Logs;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
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
        quarantined.AddRange(await RefreshAsync(reader, snapshot.Entries, cancellation).ConfigureAwait(false));
        var (entries, size) = await FollowLogAsync(reader, registry, followed, cancellation).ConfigureAwait(false);
        List<string> withheld = [.. withdrawn, .. Withheld(entries, snapshot, known)];
        var report = Report(registry, snapshot, known, quarantined, withheld, size);
        Record(report);
        return report;
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
            if (before.Length > 0 && RegistryTimestamp.Read(before, key) is var last && (last.Version > snapshot.Timestamp!.Version || (last.Version == snapshot.Timestamp.Version && !SameFiles(last, snapshot.Timestamp))))
            {
                throw Refused("registry-stale", last.Version > snapshot.Timestamp.Version ? $"its timestamp is of version {snapshot.Timestamp.Version}, and {last.Version} was seen" : $"it signed two timestamps of version {last.Version} that differ");
            }

            var ids = said.Select(advisory => advisory.Id).ToHashSet(StringComparer.Ordinal);
            var gone = followed.Advisories.Where(advisory => !ids.Contains(advisory.Id)).ToList();
            followed.Keep(registry.Address, snapshot.Key, snapshot.Bytes, [.. advisories, .. advisories.Length > 0 && advisories[^1] != '\n' ? "\n"u8 : [], .. Kept(followed.AdvisoryBytes, key, ids)], delegations);
            return ([.. said, .. gone], [.. gone.Select(advisory => $"what it said against {advisory.Skill} {advisory.Version} it does not say any more ({RegistryAdvisory.NameOf(advisory.Action)}: {advisory.Reason})")]);
        }
        catch (FormatException e)
        {
            throw new SkillStateException("registry", $"what is kept of the registry cannot be used: {e.Message}", e);
        }
    }

    private static bool SameFiles(RegistryTimestamp one, RegistryTimestamp other) => one.Files.SequenceEqual(other.Files);

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
    private async Task<List<string>> RefreshAsync(IRegistryReader reader, ImmutableArray<RegistryEntry> entries, CancellationToken cancellation)
    {
        var quarantined = new List<string>();
        foreach (var installed in services.Life.Journal.View.Installed)
        {
            if (entries.FirstOrDefault(entry => entry.SkillId == installed.SkillId && entry.Version.ToString() == installed.Version && entry.ArtifactSha256 == installed.ArtifactSha256) is not { } offered || !shelf.Folder.Holds(installed))
            {
                continue;
            }

            var shown = await RemoteRegistry.EvidenceAsync(reader, offered, cancellation).ConfigureAwait(false);
            var known = shelf.Folder.Read(installed).Evidence();
            var lines = BundleLines.Of(known).Select(line => Convert.ToBase64String(line.Span)).ToHashSet(StringComparer.Ordinal);
            var more = BundleLines.Of(shown).Where(line => !lines.Contains(Convert.ToBase64String(line.Span))).ToList();
            if (more.Count == 0)
            {
                continue;
            }

            byte[] merged = [.. BundleLines.Of(known).Concat(more).SelectMany(line => line.ToArray().Append((byte)'\n'))];
            using (shelf.Turn())
            {
                // What is more than a bundle may have is not taken: what was known counts more than what a registry adds.
                if (merged.Length <= EvidenceBundle.MaxBytesWithProofs && shelf.Folder.Holds(installed))
                {
                    shelf.Folder.WriteEvidence(installed.SkillId, installed.Version, merged);
                }
            }

            var result = await reAudit(installed, cancellation).ConfigureAwait(false);
            if (result.WasQuarantined)
            {
                quarantined.Add($"{installed.SkillId} {installed.Version}: {string.Join("; ", result.Reasons)}");
            }
        }

        return quarantined;
    }

    /// <summary>Follows the registry's log, where the operator has a policy for it.</summary>
    private async Task<(List<string[]> Entries, long? Size)> FollowLogAsync(IRegistryReader reader, RemoteRegistry registry, FollowedRegistry followed, CancellationToken cancellation)
    {
        var policy = services.Inspection.Chain.Logs;
        if (policy.Logs.Count == 0)
        {
            return ([], null);
        }

        var files = new RegistryLogFiles(reader, reader.Resolve(registry.Address, RegistryFiles.Log + "/"));
        var sight = await new LogFollower(root.Logs, policy, services.Time).FollowAsync(files, cancellation).ConfigureAwait(false);
        var known = followed.Entries.Where(entry => entry.Length == WithheldFinder.Fields).ToList();
        var from = known.Count == 0 ? 0 : long.Parse(known[^1][0], System.Globalization.CultureInfo.InvariantCulture) + 1;
        try
        {
            var log = new LogReader(files, sight.Verdict.Checkpoint.Size);
            await foreach (var (index, leaf) in log.EntriesAsync(from, cancellation).ConfigureAwait(false))
            {
                if (SkillLogEntry.Read(leaf) is { IsWhole: true } entry)
                {
                    known.Add(WithheldFinder.Line(index, entry));
                }
            }
        }
        catch (FormatException e)
        {
            throw LogRefusal.Form($"the log cannot be used: {e.Message}");
        }

        followed.KeepEntries(known);
        return (known, sight.Verdict.Checkpoint.Size);
    }

    private IEnumerable<string> Withheld(List<string[]> entries, RegistrySnapshot snapshot, ImmutableArray<RegistryAdvisory> known)
    {
        var finder = new WithheldFinder(entries);
        var said = known.Select(advisory => advisory.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var told in finder.Releases(snapshot.Entries, known).Concat(finder.Reused()).Concat(finder.Advisories(said)))
        {
            yield return told;
        }

        foreach (var installed in services.Life.Journal.View.Installed.Where(shelf.Folder.Holds))
        {
            var shown = BundleLines.Of(shelf.Folder.Read(installed).Evidence()).Select(IdOf).OfType<string>().ToImmutableHashSet(StringComparer.Ordinal);
            foreach (var told in finder.Links(installed.PayloadSha256, shown))
            {
                yield return told;
            }
        }
    }

    private static string? IdOf(ReadOnlyMemory<byte> line)
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

    private void Record(SkillRegistryReport report) => services.Audit.AppendAfter("lifecycle", writer =>
    {
        writer.WriteString("event", "registry-sync");
        writer.WriteString("registry", report.Index.AbsoluteUri);
        writer.WriteNumber("version", report.Version);
        writer.WriteBoolean("stale", report.IsStale);
        writer.WriteNumber("quarantined", report.Quarantined.Count);
        writer.WriteNumber("withheld", report.Withheld.Count);
    }, out _);
}
