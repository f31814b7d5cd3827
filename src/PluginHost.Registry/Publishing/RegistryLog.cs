using System.Numerics;
using System.Text;
using PluginHost.Registry.Files;
using PluginHost.Registry.Log;
using PluginHost.Skills.Chain;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Publishing;

/// <summary>The log of a registry.</summary>
/// <param name="files">The registry's files.</param>
/// <param name="keys">Its keys.</param>
/// <param name="key">The log's key, as it is told.</param>
internal sealed class RegistryLog(IPublicFiles files, RegistryKeys keys, NoteKey key)
{
    private const int BytesOfHash = 45;
    private const int BytesOfHead = 512;
    private const int BytesOfSignature = 512;
    private readonly FilesBelow _files = new(files, RegistryFiles.Log);

    /// <summary>Its key.</summary>
    public NoteKey Key => key;

    /// <summary>The tree as it is shown.</summary>
    /// <exception cref="SkillVerificationException">It cannot be used.</exception>
    public RegistryLogHead Head()
    {
        try
        {
            var note = Note.Read(_files.Find(LogTile.Checkpoint, Note.MaxBytes) ?? throw new FormatException("it has no checkpoint"));
            var checkpoint = note.IsSignedBy(key) ? Checkpoint.Read(note.Text) : throw new FormatException("its checkpoint is not signed by its key");
            return new RegistryLogHead(checkpoint.Origin, checkpoint.Size, Convert.ToHexStringLower(checkpoint.Root));
        }
        catch (FormatException e)
        {
            throw RegistryRefusal.Form($"the registry's log cannot be used: {e.Message}");
        }
    }

    /// <summary>How long the line of a new proof can be: a hash for each doubling of the tree, and a checkpoint that witnesses sign.</summary>
    /// <param name="entries">How many entries are new.</param>
    /// <param name="witnesses">How many witnesses sign.</param>
    public int ProofBytes(int entries, int witnesses)
    {
        var hashes = BitOperations.Log2((ulong)Head().Size + (ulong)entries + 1) + 2;
        var note = BytesOfHead + (BytesOfSignature * (1 + witnesses));
        return ((note + (hashes * BytesOfHash)) * 4 / 3) + BytesOfHead;
    }

    /// <summary>Appends entries, and shows the tree with what witnesses say of it.</summary>
    /// <param name="entries">The entries; without any the log is only held against what its key signed.</param>
    /// <param name="options">Whom to ask, and how long the log may be.</param>
    /// <param name="cancellation">Ends it before anything is signed.</param>
    /// <returns>The place of the first, and the checkpoint.</returns>
    /// <exception cref="SkillVerificationException">An entry is none, the log is not the one that its key signed last, or it is full.</exception>
    public async Task<(long First, Note Checkpoint)?> AppendAsync(IReadOnlyCollection<SkillLogEntry> entries, PublishOptions options, CancellationToken cancellation)
    {
        using var log = LogWriter.Open(_files, keys.LogPath, keys.LogKey);
        if (entries.FirstOrDefault(entry => !entry.IsWhole) is { } odd)
        {
            throw RegistryRefusal.Form($"the link {odd.Link[..16]} cannot stand in a log");
        }

        if (entries.Count == 0)
        {
            return null;
        }

        var first = log.Checkpoint.Size;
        if (first + entries.Count > options.MaxLogged)
        {
            throw RegistryRefusal.Size($"the log has {first} entries, and takes at most {options.MaxLogged} this way");
        }

        cancellation.ThrowIfCancellationRequested();

        // From here on nobody ends it: what is signed is shown.
        var note = log.Append([.. entries.Select(entry => (ReadOnlyMemory<byte>)entry.Bytes)]);
        note = await WitnessClient.CosignAsync(note, new PublicLogFiles(_files), options.Witnesses.Witnesses, options.Tell, CancellationToken.None).ConfigureAwait(false);
        log.Publish(note);
        return (first, note);
    }

    /// <summary>Proves entries that follow each other.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="first">The place of the first.</param>
    /// <param name="checkpoint">The tree that they are proven in.</param>
    /// <returns>A line of a bundle for each.</returns>
    public async Task<IReadOnlyList<byte[]>> ProveAsync(IReadOnlyList<SkillLogEntry> entries, long first, Note checkpoint)
    {
        var reader = new LogReader(new PublicLogFiles(_files), Checkpoint.Read(checkpoint.Text).Size);
        var lines = new List<byte[]>();
        foreach (var (i, entry) in entries.Index())
        {
            var proof = new LogProof(first + i, await reader.ProveAsync(first + i, CancellationToken.None).ConfigureAwait(false), checkpoint, null);
            lines.Add(LinkProof.Line(entry.Link, Encoding.UTF8.GetBytes(proof.ToString())));
        }

        return lines;
    }
}
