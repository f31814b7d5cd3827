using System.Security.Cryptography;
using PluginHost.Library.Registries;
using PluginHost.Registry.Files;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Attestations;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Inspection;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>Looks at all of a registry as somebody does who trusts none of it: what it says against its key, its files against what it says, its log against its tree.</summary>
/// <param name="files">Its files.</param>
/// <param name="inspection">What is demanded of packages.</param>
/// <param name="time">The time.</param>
internal sealed class RegistryAudit(IPublicFiles files, InspectionSettings inspection, TimeProvider time)
{
    private readonly List<RegistryFinding> _findings = [];
    private readonly Dictionary<long, byte[]> _leaves = [];

    /// <summary>Looks at it.</summary>
    /// <returns>What it says, and what was found.</returns>
    /// <exception cref="SkillVerificationException">What it says does not hold at all.</exception>
    public async Task<(RegistryContent Content, IReadOnlyList<RegistryFinding> Findings)> RunAsync(CancellationToken cancellation)
    {
        var content = RegistryContent.Read(files);
        if (content.Timestamp.Expires <= time.GetUtcNow())
        {
            Fault(RegistryFiles.Timestamp, $"what it says was fresh until {content.Timestamp.Expires:u}");
        }

        var log = await LogAsync(content, cancellation).ConfigureAwait(false);
        var finder = new WithheldFinder(log);
        foreach (var entry in content.Entries)
        {
            cancellation.ThrowIfCancellationRequested();
            Package(content, entry, finder, cancellation);
        }

        _findings.AddRange(finder.Releases(content.Entries, content.Advisories).Select(told => new RegistryFinding(true, RegistryFiles.Log, told)));
        _findings.AddRange(finder.Unlogged(content.Entries).Select(told => new RegistryFinding(true, RegistryFiles.Log, told)));
        _findings.AddRange(finder.Reused().Select(told => new RegistryFinding(true, RegistryFiles.Log, told)));
        var said = content.Advisories.Select(advisory => advisory.Id).ToHashSet(StringComparer.Ordinal);
        _findings.AddRange(finder.Advisories(said).Select(told => new RegistryFinding(true, RegistryFiles.Log, told)));
        Orphans(content);
        return (content, _findings);
    }

    private void Fault(string place, string message) => _findings.Add(new RegistryFinding(true, place, message));

    private async Task<List<string[]>> LogAsync(RegistryContent content, CancellationToken cancellation)
    {
        var entries = new List<string[]>();
        try
        {
            var key = NoteKey.Parse(content.Description.Log);
            var place = new PublicLogFiles(new FilesBelow(files, RegistryFiles.Log));
            var note = Note.Read(await place.FindAsync(LogTile.Checkpoint, Note.MaxBytes, cancellation).ConfigureAwait(false) ?? throw new FormatException("it has no checkpoint"));
            var checkpoint = note.IsSignedBy(key) ? Checkpoint.Read(note.Text) : throw new FormatException("its checkpoint is not signed by the key that the registry names");
            var tree = new MerkleFrontier();
            await foreach (var (index, leaf) in new LogReader(place, checkpoint.Size).EntriesAsync(0, cancellation).ConfigureAwait(false))
            {
                tree.Add(_leaves[index] = MerkleTree.LeafHash(leaf));
                if (SkillLogEntry.Read(leaf) is { IsWhole: true } entry)
                {
                    entries.Add(WithheldFinder.Line(index, entry));
                }
            }

            var head = content.Timestamp.Log;
            if (!tree.Root.AsSpan().SequenceEqual(checkpoint.Root))
            {
                Fault(RegistryFiles.Log, "its entries do not make the tree of its checkpoint");
            }
            else if (head.Origin != checkpoint.Origin || head.Size > checkpoint.Size || (head.Size == checkpoint.Size && head.Root != Convert.ToHexStringLower(checkpoint.Root)))
            {
                Fault(RegistryFiles.Log, "it is not the one that its timestamp names");
            }
        }
        catch (FormatException e)
        {
            Fault(RegistryFiles.Log, e.Message);
        }

        return entries;
    }

    private void Package(RegistryContent content, RegistryEntry entry, WithheldFinder finder, CancellationToken cancellation)
    {
        try
        {
            var bytes = files.Find(entry.Artifact, ArchiveLimits.TotalBytes);
            if (bytes is null || Convert.ToHexStringLower(SHA256.HashData(bytes)) != entry.ArtifactSha256)
            {
                Fault(entry.Artifact, bytes is null ? "it is offered, and is not there" : "it is another file than is offered");
                return;
            }

            var skill = SignedSkill.Verify(SkillArtifact.Read(bytes));
            var (manifest, signer) = (skill.Manifest, Convert.ToHexStringLower(skill.Signature.PublicKey));
            if ((manifest.SkillId, manifest.Version, manifest.Publisher) != (entry.SkillId, entry.Version, entry.Publisher))
            {
                Fault(entry.Artifact, $"it is '{manifest.SkillId}' {manifest.Version} by '{manifest.Publisher}', not what is offered");
            }

            if (!content.Delegations.Any(delegation => delegation.Publisher == manifest.Publisher && delegation.Key == signer))
            {
                Fault(entry.Artifact, $"it is signed by {signer}, which may not publish as '{manifest.Publisher}' here");
            }

            var bundle = files.Find(entry.Artifact + RegistryFiles.BundleExtension, EvidenceBundle.MaxBytesWithProofs) ?? [];
            foreach (var reason in StaticAuditor.Run(skill.Artifact, inspection with { Beside = bundle }, cancellation).Reasons)
            {
                Fault(entry.Artifact, reason);
            }

            var kept = PublishedBundle.Of(skill, static _ => true, int.MaxValue, bundle);
            Proofs(content, entry, skill, kept);

            // The timestamp does not speak for bundles, which grow; the log does.
            foreach (var told in finder.Links(skill.Artifact.Payload, [.. kept.Links.Select(link => link.Id)]))
            {
                Fault(entry.Artifact + RegistryFiles.BundleExtension, told);
            }
        }
        catch (Exception e) when (e is SkillVerificationException or IOException or FormatException)
        {
            Fault(entry.Artifact, e.Message);
        }
    }

    /// <summary>Each link beside a package stands in the registry's log, and the proof of that holds.</summary>
    private void Proofs(RegistryContent content, RegistryEntry entry, SignedSkill skill, PublishedBundle kept)
    {
        var key = NoteKey.Parse(content.Description.Log);
        foreach (var link in kept.Links)
        {
            var leaf = ChainInspection.EntryOf(link, skill)!.LeafHash;
            if (!kept.Proofs.Any(proof => proof.Link == link.Id && LinkProof.Read(proof.Line) is { } read && _leaves.TryGetValue(read.Proof.Index, out var there) && there.AsSpan().SequenceEqual(leaf) && Holds(read.Proof, key, leaf)))
            {
                Fault(entry.Artifact, $"no proof shows that the link {link.Id[..16]} ({link.Detail}) stands in its log");
            }
        }
    }

    private static bool Holds(LogProof proof, NoteKey key, byte[] leaf)
    {
        try
        {
            return proof.Proves(leaf) && proof.Note.IsSignedBy(key);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private void Orphans(RegistryContent content)
    {
        var offered = content.Entries.Select(entry => entry.Artifact).ToHashSet(StringComparer.Ordinal);
        foreach (var path in files.List(RegistryFiles.Packages).Where(path => path.EndsWith(RegistryFiles.PackageExtension, StringComparison.Ordinal) && !offered.Contains(path)))
        {
            _findings.Add(new RegistryFinding(false, path, "it is there, and not offered"));
        }
    }
}
