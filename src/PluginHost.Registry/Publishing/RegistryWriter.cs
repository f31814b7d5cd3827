using System.Collections.Immutable;
using System.Security.Cryptography;
using PluginHost.Library.Registries;
using PluginHost.Registry.Files;
using PluginHost.Registry.Log;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>
/// Writes a registry: packages with what is said of them, its log, its index, and the timestamp that makes all of it count. One process at a time.
/// </summary>
internal sealed class RegistryWriter : IDisposable
{
    private readonly IPublicFiles _files;
    private readonly RegistryKeys _keys;
    private readonly TimeProvider _time;
    private readonly IDisposable _turn;
    private readonly RegistryLog _log;
    private RegistryContent _content;
    private ImmutableArray<byte[]> _unlogged;

    private RegistryWriter(IPublicFiles files, RegistryKeys keys, TimeProvider time, IDisposable turn, RegistryContent content, ImmutableArray<byte[]> unlogged) =>
        (_files, _keys, _time, _turn, _content, _unlogged, _log) = (files, keys, time, turn, content, unlogged, new RegistryLog(files, keys, NoteKey.Parse(content.Description.Log)));

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
        if (!RegistryAdmission.IsPlain(publisher) || !RegistryAdmission.IsPlain(id) || !RegistryAdmission.IsPlain(version))
        {
            throw RegistryRefusal.Form($"'{id}' {version} by '{publisher}' cannot be the name of a file everywhere");
        }

        var known = _content.Entries.FirstOrDefault(entry => entry.SkillId == id && entry.Version.ToString() == version);
        var digest = Convert.ToHexStringLower(SHA256.HashData(package));

        // Of a package that is there more can be said, also after its publisher changed its key.
        var admission = new RegistryAdmission(_content, _files, options);
        var delegations = known?.ArtifactSha256 == digest ? _content.DelegationLines : admission.Delegated(skill, _keys, _time.GetUtcNow());
        admission.Demand(skill, known, digest);
        StaticAuditor.Run(skill.Artifact, options.Inspection with { Beside = bundle }, cancellation).Demand();
        var merged = PublishedBundle.Of(skill, options.Inspection.Chain.IsBelieved, options.MaxStrangers, _files.Find(path + RegistryFiles.BundleExtension, EvidenceBundle.MaxBytesWithProofs) ?? [], bundle).Proven(skill, _log.Key);
        var signer = Convert.ToHexStringLower(skill.Signature.PublicKey);
        if (!merged.Links.Any(link => link.Kind == LinkKind.Authorship && link.Narrator == signer))
        {
            throw RegistryRefusal.Unreleased("nobody has said that it is released: 'attest author' with the publisher's key adds that to its bundle");
        }

        // The package and its bundle are there before anything points at them; what it is worth in the log is known only then.
        var there = merged.LoggedIn(_log.Key.Name);
        var fresh = merged.Links.Select(link => ChainInspection.EntryOf(link, skill)).OfType<SkillLogEntry>().Where(entry => !there.Contains(entry.Link)).ToList();
        merged.Demand(fresh.Count, _log.ProofBytes(fresh.Count, options.Witnesses.Witnesses.Count));
        _files.Write(path, package);
        var proofs = await LogAsync(fresh, options, cancellation).ConfigureAwait(false);
        _files.Write(path + RegistryFiles.BundleExtension, merged.Bytes(proofs));
        _files.Flush();
        var entry = new RegistryEntry(id, skill.Manifest.Version, publisher, path, digest, package.LongLength);
        Show(_content with
        {
            Entries = known is null ? _content.Entries.Add(entry) : _content.Entries,
            DelegationLines = delegations,
        });
        return new PublishedSkill(id, version, publisher, skill.Artifact.Payload, path, merged.Links.Count, proofs.Count, known is null);
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
            AdvisoryLines = RegistryContent.Longer(_content.AdvisoryLines, line, action == AdvisoryAction.Kill ? RegistryLines.MaxBytes : RegistryLines.MaxBytes / 4 * 3),
        }, [.. _unlogged, new SkillLogEntry(advisory.Id, RegistryAdvisory.Type, skill, version, payload, _keys.Public, signature).Bytes]);
        await LogAsync([], options, cancellation).ConfigureAwait(false);
        Show(_content);
        return advisory;
    }

    /// <summary>Says the same again: it stays fresh, and the log has what it does not have yet.</summary>
    public async Task RefreshAsync(PublishOptions options, CancellationToken cancellation)
    {
        await LogAsync([], options, cancellation).ConfigureAwait(false);
        Show(_content);
    }

    /// <summary>Puts into the log what it does not have yet.</summary>
    /// <returns>A proof of each entry as a line.</returns>
    private async Task<IReadOnlyList<byte[]>> LogAsync(IReadOnlyList<SkillLogEntry> entries, PublishOptions options, CancellationToken cancellation)
    {
        var waiting = _unlogged.Select(entry => SkillLogEntry.Read(entry)).OfType<SkillLogEntry>().ToList();
        if (await _log.AppendAsync([.. waiting, .. entries], options, cancellation).ConfigureAwait(false) is not var (first, checkpoint))
        {
            return [];
        }

        _unlogged = [];
        _keys.Record.Logged(_content.Timestamp.Version);
        return await _log.ProveAsync(entries, first + waiting.Count, checkpoint).ConfigureAwait(false);
    }

    /// <summary>Shows what the registry says from now on.</summary>
    internal void Show(RegistryContent content) => Show(content, _unlogged);

    private void Show(RegistryContent content, ImmutableArray<byte[]> unlogged)
    {
        var (version, written) = RegistryEdition.Of(content, _log.Head(), _content.GeneratedAtUnixMs, _keys.Key, _time.GetUtcNow());

        // What could not be read again is not signed: nobody could say anything more, not even against it.
        _ = RegistryContent.Read(new PendingFiles(written));
        _keys.Record.Write(_files, version, written, unlogged);
        _unlogged = unlogged;
        _content = RegistryContent.Read(_files);
    }
}
