using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Library.Registries;
using PluginHost.Registry.Files;
using PluginHost.Registry.Log;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>
/// Writes a registry: packages with what is said of them, its log, its index, and the timestamp that makes all of it count. One process at a time.
/// </summary>
internal sealed class RegistryWriter : IDisposable
{
    private const int EntriesOnPage = 2_000;
    private const int MaxEntries = 10_000;
    private const int FirstVersion = 1;
    private const int BytesOfHash = 45;
    private const int BytesOfHead = 512;
    private const int BytesOfSignature = 512;
    private readonly IPublicFiles _files;
    private readonly RegistryKeys _keys;
    private readonly TimeProvider _time;
    private readonly IDisposable _turn;
    private readonly NoteKey _log;
    private RegistryContent _content;
    private ImmutableArray<byte[]> _unlogged;

    private RegistryWriter(IPublicFiles files, RegistryKeys keys, TimeProvider time, IDisposable turn, RegistryContent content, ImmutableArray<byte[]> unlogged) =>
        (_files, _keys, _time, _turn, _content, _unlogged, _log) = (files, keys, time, turn, content, unlogged, NoteKey.Parse(content.Description.Log));

    /// <summary>What it says.</summary>
    public RegistryContent Content => _content;

    /// <summary>Begins a registry: no packages, and a log without entries.</summary>
    /// <param name="files">Where; nothing is there.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="origin">Name of its log: an address without scheme, as a rule.</param>
    /// <param name="lifetime">How long what it says is fresh.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="SkillVerificationException">Something is there, or a key has signed for another.</exception>
    public static RegistryWriter Create(IPublicFiles files, string name, string origin, TimeSpan lifetime, RegistryKeys keys, TimeProvider time)
    {
        if (!RegistryDescription.IsName(name))
        {
            throw RegistryRefusal.Form("a registry's name is not empty, and has no white space and no control character");
        }

        if (keys.Key.PublicKey.AsSpan().SequenceEqual(keys.LogKey.PublicKey))
        {
            throw RegistryRefusal.Exists("a key has one role: the log has a key of its own");
        }

        var turn = FileLock.Acquire(keys.Path, "registry");
        try
        {
            if (keys.Record.Exists || !files.IsEmpty)
            {
                throw RegistryRefusal.Exists(keys.Record.Exists ? "the key has signed for a registry already: a registry has a key of its own" : "something is there already");
            }

            NoteKey log;
            using (var begun = LogWriter.Create(new FilesBelow(files, RegistryFiles.Log), origin, keys.LogPath, keys.LogKey))
            {
                log = begun.Key;
            }

            var description = new RegistryDescription(name, keys.Public, log.ToString(), lifetime);
            var empty = new RegistryContent(description, new RegistryTimestamp(name, 0, time.GetUtcNow(), time.GetUtcNow(), new RegistryLogHead(origin, 0, ""), ImmutableSortedDictionary<string, string>.Empty), 0, [], [], [], [], []);
            var writer = new RegistryWriter(files, keys, time, turn, empty, []);
            writer.Show(empty);
            return writer;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Opens a registry to write it.</summary>
    /// <exception cref="SkillVerificationException">It is not the one that the key signed last.</exception>
    public static RegistryWriter Open(IPublicFiles files, RegistryKeys keys, TimeProvider time)
    {
        var turn = FileLock.Acquire(keys.Path, "registry");
        try
        {
            var (signed, unlogged) = keys.Record.Complete(files, keys.Public);
            var content = RegistryContent.Read(files);
            return content.Description.Key != keys.Public ? throw RegistryRefusal.Form($"the registry is that of another key ({content.Description.Key})")
                : content.Timestamp.Version != signed ? throw RegistryRefusal.RolledBack($"the registry's timestamp is of version {content.Timestamp.Version}, and its key signed {signed}")
                : new RegistryWriter(files, keys, time, turn, content, unlogged);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Takes a package with what is said of it, or more of what is said of one that is there.</summary>
    /// <param name="package">The package.</param>
    /// <param name="bundle">What is said of it.</param>
    /// <param name="options">What is demanded.</param>
    /// <param name="cancellation">Ends it before anything is shown.</param>
    /// <exception cref="SkillVerificationException">A room or the registry refused it; nothing of it is shown.</exception>
    public async Task<PublishedSkill> PublishAsync(byte[] package, ReadOnlyMemory<byte> bundle, PublishOptions options, CancellationToken cancellation)
    {
        var skill = SignedSkill.Verify(SkillArtifact.Read(package));
        var (id, version, publisher) = (skill.Manifest.SkillId, skill.Manifest.Version.ToString(), skill.Manifest.Publisher);
        var path = RegistryFiles.Package(publisher, id, version);
        if (!IsPlain(publisher) || !IsPlain(id) || !IsPlain(version))
        {
            throw RegistryRefusal.Form($"'{id}' {version} by '{publisher}' cannot be the name of a file everywhere");
        }

        var known = _content.Entries.FirstOrDefault(entry => entry.SkillId == id && entry.Version.ToString() == version);
        var digest = Convert.ToHexStringLower(SHA256.HashData(package));

        // Of a package that is there more can be said, also after its publisher changed its key.
        var delegations = known?.ArtifactSha256 == digest ? _content.DelegationLines : Delegated(skill, options);
        Check(skill, known, digest, options);
        StaticAuditor.Run(skill.Artifact, options.Inspection with { Beside = bundle }, cancellation).Demand();
        var merged = PublishedBundle.Of(skill, options.Inspection.Chain.Believed.Contains, options.MaxStrangers, _files.Find(path + RegistryFiles.BundleExtension, EvidenceBundle.MaxBytesWithProofs) ?? [], bundle).Proven(skill, _log);
        var signer = Convert.ToHexStringLower(skill.Signature.PublicKey);
        if (!merged.Links.Any(link => link.Kind == LinkKind.Authorship && link.Narrator == signer))
        {
            throw RegistryRefusal.Unreleased("nobody has said that it is released: 'attest author' with the publisher's key adds that to its bundle");
        }

        // The package and its bundle are there before anything points at them; what it is worth in the log is known only then.
        var (entries, there) = (merged.Links.Select(link => ChainInspection.EntryOf(link, skill)).OfType<SkillLogEntry>().ToList(), merged.LoggedIn(_log.Name));
        merged.Demand(entries.Count(entry => !there.Contains(entry.Link)), ProofBytes(entries.Count, options));
        _files.Write(path, package);
        var (proofs, logged) = await LogAsync(entries, there, options, cancellation).ConfigureAwait(false);
        _files.Write(path + RegistryFiles.BundleExtension, merged.Bytes(proofs));
        _files.Flush();
        var entry = new RegistryEntry(id, skill.Manifest.Version, publisher, path, digest, package.LongLength);
        Show(_content with
        {
            Entries = known is null ? _content.Entries.Add(entry) : _content.Entries,
            DelegationLines = delegations,
        });
        return new PublishedSkill(id, version, publisher, skill.Artifact.Payload, path, merged.Links.Count, logged, known is null);
    }

    /// <summary>Says something against a version. One that is yanked or killed is not offered any more.</summary>
    /// <returns>What was said.</returns>
    /// <exception cref="SkillVerificationException">There is no such version.</exception>
    public async Task<RegistryAdvisory> AdviseAsync(AdvisoryAction action, string skill, string version, string reason, PublishOptions options, CancellationToken cancellation)
    {
        var entry = _content.Entries.FirstOrDefault(entry => entry.SkillId == skill && entry.Version.ToString() == version);
        var payload = entry is not null
            ? SignedSkill.Verify(SkillArtifact.Read(_files.Find(entry.Artifact, ArchiveLimits.TotalBytes) ?? throw RegistryRefusal.Form($"the registry has no '{entry.Artifact}'"))).Artifact.Payload
            : _content.Advisories.FirstOrDefault(advisory => advisory.Skill == skill && advisory.Version == version)?.Payload ?? throw RegistryRefusal.Unknown($"the registry has no '{skill}' {version}");
        var line = new RegistryAdvisory(action, skill, version, payload, reason, _time.GetUtcNow()).Sign(_keys.Key);
        var advisory = RegistryAdvisory.Read(line, _keys.Key.PublicKey);
        var signature = DsseEnvelope.Read(line).SignatureOf(_keys.Key.PublicKey)!;

        // It is said before it is logged: a process that ends in between leaves a word that counts, and the next that writes puts it into the log.
        Show(_content with
        {
            Entries = action == AdvisoryAction.Advise || entry is null ? _content.Entries : _content.Entries.Remove(entry),
            AdvisoryLines = Longer(_content.AdvisoryLines, line, action == AdvisoryAction.Kill ? RegistryLines.MaxBytes : RegistryLines.MaxBytes / 4 * 3),
        }, [.. _unlogged, new SkillLogEntry(advisory.Id, RegistryAdvisory.Type, skill, version, payload, _keys.Public, signature).Bytes]);
        await LogAsync([], ImmutableHashSet<string>.Empty, options, cancellation).ConfigureAwait(false);
        Show(_content);
        return advisory;
    }

    /// <summary>Lines with one more, where all of them can still be read.</summary>
    private static byte[] Longer(byte[] lines, byte[] line, int most)
    {
        byte[] longer = [.. lines, .. line, (byte)'\n'];
        return longer.Length <= most && BundleLines.Of(longer).Count() <= RegistryLines.MaxLines * (most / (double)RegistryLines.MaxBytes) ? longer
            : throw RegistryRefusal.Size("the registry has said so much that this would not find room");
    }

    /// <summary>Says the same again: it stays fresh, and the log has what it does not have yet.</summary>
    public async Task RefreshAsync(PublishOptions options, CancellationToken cancellation)
    {
        await LogAsync([], ImmutableHashSet<string>.Empty, options, cancellation).ConfigureAwait(false);
        Show(_content);
    }

    /// <summary>How long the line of a new proof can be: a hash for each doubling of the tree, and a checkpoint that witnesses sign.</summary>
    private int ProofBytes(int entries, PublishOptions options)
    {
        var head = Head();
        var hashes = BitOperations.Log2((ulong)head.Size + (ulong)entries + 1) + 2;
        var note = BytesOfHead + (BytesOfSignature * (1 + options.Witnesses.Witnesses.Count));
        return ((note + (hashes * BytesOfHash)) * 4 / 3) + BytesOfHead;
    }

    private static bool IsPlain(string name) => name.Length <= 128 && RegistryFiles.IsPart(name) && !IsDevice(name.Split('.')[0]);

    /// <summary>Names that are no files on Windows, whatever follows them.</summary>
    private static bool IsDevice(string name) =>
        name.ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL" || (name.Length == 4 && char.IsAsciiDigit(name[3]) && name[..3].ToUpperInvariant() is "COM" or "LPT");

    private byte[] Delegated(SignedSkill skill, PublishOptions options)
    {
        var (publisher, signer) = (skill.Manifest.Publisher, Convert.ToHexStringLower(skill.Signature.PublicKey));
        var known = _content.Delegations.Where(delegation => delegation.Publisher == publisher).ToList();
        return known.LastOrDefault()?.Key == signer ? _content.DelegationLines
            : !options.MayDelegate ? throw RegistryRefusal.Publisher(known.Count > 0
                ? $"'{publisher}' publishes with another key here ({known[^1].Key}), not with {signer}"
                : $"the registry does not know '{publisher}': its operator has to let it in")
            : Longer(_content.DelegationLines, new PublisherDelegation(publisher, signer, _time.GetUtcNow()).Sign(_keys.Key), RegistryLines.MaxBytes);
    }

    private void Check(SignedSkill skill, RegistryEntry? known, string digest, PublishOptions options)
    {
        if (_content.Advisories.FirstOrDefault(advisory => advisory.Payload == skill.Artifact.Payload && advisory.Action != AdvisoryAction.Advise) is { } against)
        {
            throw RegistryRefusal.Killed($"'{against.Skill}' {against.Version} was taken back ({RegistryAdvisory.NameOf(against.Action)}: {against.Reason})");
        }

        if ((known is not null && known.ArtifactSha256 != digest) || _content.Advisories.Any(advisory => advisory.Skill == skill.Manifest.SkillId && advisory.Version == skill.Manifest.Version.ToString() && advisory.Payload != skill.Artifact.Payload))
        {
            throw RegistryRefusal.VersionReused($"'{skill.Manifest.SkillId}' {skill.Manifest.Version} is there with another file: a version is published once");
        }

        if (OwnerOf(skill.Manifest.SkillId) is { } owner && owner != skill.Manifest.Publisher)
        {
            throw RegistryRefusal.Publisher($"the id '{skill.Manifest.SkillId}' belongs to '{owner}' here, who published it first");
        }

        if (known is null && (_content.Entries.Length >= MaxEntries || _content.Entries.Count(entry => entry.Publisher == skill.Manifest.Publisher) >= options.MaxVersions))
        {
            throw RegistryRefusal.Size($"a registry has at most {MaxEntries} packages, and takes at most {options.MaxVersions} of one publisher this way");
        }
    }

    /// <summary>Who published a skill first; what was yanked is not offered any more, and is still there.</summary>
    private string? OwnerOf(string skill)
    {
        var offered = _content.Entries.FirstOrDefault(entry => entry.SkillId == skill)?.Publisher;
        return offered ?? _files.List(RegistryFiles.Packages).Select(path => path.Split('/')).FirstOrDefault(parts => parts.Length == 3
            && parts[2].EndsWith(RegistryFiles.PackageExtension, StringComparison.Ordinal) && parts[2].StartsWith(skill + "-", StringComparison.Ordinal)
            && IsVersion(parts[2][(skill.Length + 1)..^RegistryFiles.PackageExtension.Length]))?[1];
    }

    private static bool IsVersion(string text)
    {
        try
        {
            _ = SkillVersion.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Puts entries into the log that are not proven there yet.</summary>
    /// <returns>A proof of each as a line, and how many were new.</returns>
    private async Task<(List<byte[]> Proofs, int Logged)> LogAsync(IReadOnlyList<SkillLogEntry> entries, IReadOnlySet<string> known, PublishOptions options, CancellationToken cancellation)
    {
        var files = new FilesBelow(_files, RegistryFiles.Log);
        using var log = LogWriter.Open(files, _keys.LogPath, _keys.LogKey);
        var fresh = _unlogged.Select(entry => SkillLogEntry.Read(entry)).OfType<SkillLogEntry>().Concat(entries.Where(entry => !known.Contains(entry.Link))).ToList();
        if (fresh.Find(entry => !entry.IsWhole) is { } odd)
        {
            throw RegistryRefusal.Form($"the link {odd.Link[..16]} cannot stand in a log");
        }

        if (fresh.Count == 0)
        {
            return ([], 0);
        }

        if (log.Checkpoint.Size + fresh.Count > options.MaxLogged)
        {
            throw RegistryRefusal.Size($"the log has {log.Checkpoint.Size} entries, and takes at most {options.MaxLogged} this way");
        }

        cancellation.ThrowIfCancellationRequested();

        // From here on nobody ends it: what is signed is shown.
        var first = log.Checkpoint.Size;
        var note = log.Append([.. fresh.Select(entry => (ReadOnlyMemory<byte>)entry.Bytes)]);
        var reading = new PublicLogFiles(files);
        note = await WitnessClient.CosignAsync(note, reading, options.Witnesses.Witnesses, options.Tell, CancellationToken.None).ConfigureAwait(false);
        log.Publish(note);
        var before = _unlogged.Length;
        _unlogged = [];
        _keys.Record.Logged(_content.Timestamp.Version);
        var (proofs, reader) = (new List<byte[]>(), new LogReader(reading, log.Checkpoint.Size));
        for (var i = before; i < fresh.Count; i++)
        {
            var proof = new LogProof(first + i, await reader.ProveAsync(first + i, CancellationToken.None).ConfigureAwait(false), note, null);
            proofs.Add(LinkProof.Line(fresh[i].Link, Encoding.UTF8.GetBytes(proof.ToString())));
        }

        return (proofs, fresh.Count - before);
    }

    /// <summary>Shows what the registry says from now on.</summary>
    internal void Show(RegistryContent content) => Show(content, _unlogged);

    private void Show(RegistryContent content, ImmutableArray<byte[]> unlogged)
    {
        var now = _time.GetUtcNow();
        var generated = Math.Max(now.ToUnixTimeMilliseconds(), _content.GeneratedAtUnixMs);
        var sorted = content.Entries.OrderBy(entry => entry.SkillId, StringComparer.Ordinal).ThenBy(entry => entry.Version).ToList();
        var pages = Math.Max(1, (sorted.Count + EntriesOnPage - 1) / EntriesOnPage);
        var written = new List<(string Name, byte[] Content)>();
        for (var number = pages; number >= 1; number--)
        {
            var page = new RegistryPage
            {
                GeneratedAtUnixMs = generated,
                Entries = [.. sorted.Skip((number - 1) * EntriesOnPage).Take(EntriesOnPage)],
                NextPage = number < pages ? RegistryFiles.Page(number + 1) : null,
            };
            written.Add((RegistryFiles.Page(number), page.Sign(content.Description.Name, _keys.Key, now)));
        }

        written.Add((RegistryDescription.File, content.Description.Bytes));
        written.Add((RegistryFiles.Advisories, content.AdvisoryLines));
        written.Add((RegistryFiles.Delegations, content.DelegationLines));
        var files = written.ToImmutableSortedDictionary(file => file.Name, file => Convert.ToHexStringLower(SHA256.HashData(file.Content)), StringComparer.Ordinal);
        var timestamp = new RegistryTimestamp(content.Description.Name, Math.Max(FirstVersion, content.Timestamp.Version + 1), now, now + content.Description.Lifetime, Head(), files);
        written.Add((RegistryFiles.Timestamp, timestamp.Sign(_keys.Key)));

        // What could not be read again is not signed: nobody could say anything more, not even against it.
        _ = RegistryContent.Read(new PendingFiles(written));
        _keys.Record.Write(_files, timestamp.Version, written, unlogged);
        _unlogged = unlogged;
        _content = RegistryContent.Read(_files);
    }

    /// <summary>Its log as it is shown.</summary>
    private RegistryLogHead Head()
    {
        try
        {
            var note = Note.Read(_files.Find($"{RegistryFiles.Log}/{LogTile.Checkpoint}", Note.MaxBytes) ?? throw new FormatException("it has no checkpoint"));
            var checkpoint = note.IsSignedBy(_log) ? Checkpoint.Read(note.Text) : throw new FormatException("its checkpoint is not signed by its key");
            return new RegistryLogHead(checkpoint.Origin, checkpoint.Size, Convert.ToHexStringLower(checkpoint.Root));
        }
        catch (FormatException e)
        {
            throw RegistryRefusal.Form($"the registry's log cannot be used: {e.Message}");
        }
    }
}
