using System.Text;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Log;

/// <summary>
/// Cosigns checkpoints of logs that it knows, each only if it continues the last one (c2sp.org/tlog-witness). What it has cosigned is durable before it
/// answers, and one request for a log is served at a time.
/// </summary>
internal sealed class Witness : IDisposable
{
    /// <summary>Bytes of a request.</summary>
    public const int MaxRequestBytes = Note.MaxBytes + (8 * 1024);

    private const int MaxProof = 63;
    private const string OldMark = "old ";
    private readonly WitnessMemory _memory;
    private readonly string _name;
    private readonly SigningKey _key;
    private readonly LogPolicy _logs;
    private readonly TimeProvider _time;
    private readonly IDisposable _alone;
    private readonly Lock _turn = new();

    /// <param name="folder">Where it remembers what it cosigned. One process at a time.</param>
    /// <param name="name">Its name.</param>
    /// <param name="keyPath">File of its key; how far it cosigned is written beside it.</param>
    /// <param name="key">Its key.</param>
    /// <param name="logs">The logs that it knows.</param>
    /// <param name="time">The time.</param>
    /// <exception cref="SkillStateException">Another process is that witness.</exception>
    /// <exception cref="SkillVerificationException">The folder remembers less than the key has cosigned.</exception>
    public Witness(string folder, string name, string keyPath, SigningKey key, LogPolicy logs, TimeProvider time)
    {
        PrivateFiles.CreateDirectory(folder);
        (_name, _key, _logs, _time) = (name, key, logs, time);
        Key = new NoteKey(name, NoteKey.CosignatureType, key.PublicKey);
        _alone = FileLock.Acquire(Path.Combine(folder, "witness"), "witness");
        try
        {
            _memory = new WitnessMemory(folder, keyPath);
        }
        catch
        {
            _alone.Dispose();
            throw;
        }
    }

    /// <summary>The key as policies name it.</summary>
    public NoteKey Key { get; }

    public void Dispose() => _alone.Dispose();

    /// <summary>Answers a request.</summary>
    public WitnessAnswer Add(ReadOnlySpan<byte> request)
    {
        string text;
        Note note;
        Checkpoint checkpoint;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(request.Length <= MaxRequestBytes ? request : throw new FormatException("it is too long"));
            var end = text.IndexOf("\n\n", StringComparison.Ordinal);
            note = Note.Read(end > 0 ? text[(end + 2)..] : throw new FormatException("it has no empty line"));
            checkpoint = Checkpoint.Read(note.Text);
            text = text[..end];
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return WitnessAnswer.Refused(400, $"the request is malformed: {e.Message}");
        }

        var logs = _logs.Logs.Where(log => log.Key.Name == checkpoint.Origin).Select(log => log.Key).ToList();
        if (logs.Count == 0)
        {
            return WitnessAnswer.Refused(404, "the log is not known here");
        }

        if (SignedBy(note, logs) is not { } signer)
        {
            return WitnessAnswer.Refused(403, "no known key of the log signed the checkpoint");
        }

        // Of what else stands below the text nothing is kept: anybody could have written it.
        note = Note.Read($"{note.Text}\n{note.Signatures.First(signature => signature.Name == signer.Name && signature.Id == signer.Id).Line}");

        var lines = text.Split('\n');
        var proof = lines.Skip(1).Select(line => StrictBase64.Hash(line)).ToList();
        if (!lines[0].StartsWith(OldMark, StringComparison.Ordinal) || Checkpoint.Number(lines[0].AsSpan(OldMark.Length)) is not { } old || proof.Count > MaxProof || proof.Contains(null) || old > checkpoint.Size)
        {
            return WitnessAnswer.Refused(400, "the request is malformed: 'old SIZE' with a size up to the checkpoint's, at most 63 hashes, an empty line and a checkpoint");
        }

        lock (_turn)
        {
            return Cosign(note, checkpoint, old, proof!);
        }
    }

    private WitnessAnswer Cosign(Note note, Checkpoint checkpoint, long old, List<byte[]> proof)
    {
        var last = _memory.LastOf(checkpoint.Origin);
        if (old != (last?.Size ?? 0))
        {
            return WitnessAnswer.Conflict(last?.Size ?? 0);
        }

        if (last is not null && last.Size == checkpoint.Size)
        {
            if (!last.IsSameTree(checkpoint))
            {
                return WitnessAnswer.Conflict(last.Size);
            }

            if (proof.Count > 0)
            {
                return WitnessAnswer.Refused(422, "a tree needs no proof that it continues itself");
            }
        }
        else if (old == 0 ? proof.Count > 0 : !MerkleTree.IsConsistent(old, checkpoint.Size, last!.Root, checkpoint.Root, proof))
        {
            return WitnessAnswer.Refused(422, "the proof does not show that the tree continues the one that was cosigned last");
        }

        _memory.Keep(note, checkpoint);
        return WitnessAnswer.Cosigned(Note.CosignatureOf(note.Text, _name, _key, _time.GetUtcNow().ToUnixTimeSeconds()));
    }

    private static NoteKey? SignedBy(Note note, List<NoteKey> logs)
    {
        try
        {
            return note.Signers(logs).Keys.FirstOrDefault();
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
