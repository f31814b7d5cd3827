using System.Text;
using PluginHost.Logs;
using PluginHost.Hosting;
using PluginHost.Registry.Files;
using PluginHost.Skills.Cryptography;
using PluginHost.Skills.Transparency;
using PluginHost.State;

namespace PluginHost.Registry.Log;

/// <summary>
/// Appends to a log in a directory. What a checkpoint needs is durable before it is signed, and what was signed is written down beside the key before
/// anybody can see it: a directory that is put back from an older copy is refused, not signed over.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const string SignedExtension = ".signed";
    private readonly string _signedPath;
    private readonly SigningKey _key;
    private readonly NoteKey _noteKey;
    private readonly IDisposable _turn;
    private readonly IPublicFiles _files;
    private readonly List<byte[]> _edges = [];
    private byte[] _bundle = [];

    private LogWriter(IPublicFiles files, string keyPath, SigningKey key, Checkpoint checkpoint, IDisposable turn)
    {
        _signedPath = keyPath + SignedExtension;
        _key = key;
        _noteKey = new NoteKey(checkpoint.Origin, NoteKey.Ed25519Type, key.PublicKey);
        _turn = turn;
        _files = files;
        Checkpoint = checkpoint;
    }

    /// <summary>The last checkpoint.</summary>
    public Checkpoint Checkpoint { get; private set; }

    /// <summary>The key as policies name it.</summary>
    public NoteKey Key => _noteKey;

    /// <summary>Begins a log: an empty tree, signed.</summary>
    /// <param name="folder">Its directory; it is made, or empty.</param>
    /// <param name="origin">Its name: an address without scheme, as a rule.</param>
    /// <param name="keyPath">File of its key; what was signed last is written beside it.</param>
    /// <param name="key">Its key.</param>
    /// <exception cref="SkillVerificationException">The directory holds something, or the key has signed for a log already.</exception>
    public static LogWriter Create(string folder, string origin, string keyPath, SigningKey key) => Create(new DirectoryFiles(folder), origin, keyPath, key);

    /// <inheritdoc cref="Create(string, string, string, SigningKey)"/>
    public static LogWriter Create(IPublicFiles files, string origin, string keyPath, SigningKey key)
    {
        if (!NoteKey.IsName(origin))
        {
            throw LogRefusal.Entry("the origin of a log is not empty, and has no white space, control character or plus");
        }

        var turn = FileLock.Acquire(keyPath, "log");
        try
        {
            var writer = new LogWriter(files, keyPath, key, Checkpoint.Of(origin, 0, MerkleTree.EmptyRoot), turn);
            if (!files.IsEmpty)
            {
                throw LogRefusal.Exists("the place of the log holds something already");
            }

            // A process that ended after it signed and before it showed the empty tree is finished here.
            if (File.Exists(writer._signedPath) && !writer.IsSignedEmpty())
            {
                throw LogRefusal.Exists($"the key has signed for a log already: '{writer._signedPath}' tells for which. A log has a key of its own");
            }

            writer.Publish(writer.Sign());
            return writer;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Opens a log to append to it.</summary>
    /// <exception cref="SkillVerificationException">It is not the one that the key signed last.</exception>
    public static LogWriter Open(string folder, string keyPath, SigningKey key) => Open(new DirectoryFiles(folder), keyPath, key);

    /// <inheritdoc cref="Open(string, string, SigningKey)"/>
    public static LogWriter Open(IPublicFiles files, string keyPath, SigningKey key)
    {
        var turn = FileLock.Acquire(keyPath, "log");
        try
        {
            var note = Note.Read(files.Find(LogTile.Checkpoint, Note.MaxBytes) ?? throw LogRefusal.Form("the log has no checkpoint: 'log init' begins one"));
            var checkpoint = Checkpoint.Read(note.Text);
            var writer = new LogWriter(files, keyPath, key, checkpoint, turn);
            if (!note.IsSignedBy(writer._noteKey))
            {
                throw LogRefusal.Signature("the checkpoint of the log is not signed by this key");
            }

            writer.TakeOver();
            return writer;
        }
        catch (FormatException e)
        {
            turn.Dispose();
            throw LogRefusal.Of(e);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Appends entries and signs the tree that they make. Nobody sees it before <see cref="Publish"/>.</summary>
    /// <returns>The checkpoint, signed by the log alone.</returns>
    /// <exception cref="SkillVerificationException">An entry is too long.</exception>
    public Note Append(IReadOnlyCollection<ReadOnlyMemory<byte>> entries)
    {
        if (entries.FirstOrDefault(entry => entry.Length > SkillLogEntry.MaxBytes) is { Length: > 0 } large)
        {
            throw LogRefusal.Entry($"an entry has {large.Length} bytes, more than {SkillLogEntry.MaxBytes}: log its digest");
        }

        var size = Checkpoint.Size;
        using var bundle = new MemoryStream();
        bundle.Write(_bundle);
        foreach (var entry in entries)
        {
            bundle.Write(MerkleTree.Prefixed(entry.Span));
            size++;
            if (size % LogTile.Width == 0)
            {
                _files.Write(LogTile.Entries((size / LogTile.Width) - 1, LogTile.Width), bundle.GetBuffer().AsSpan(0, (int)bundle.Length));
                bundle.SetLength(0);
            }

            Add(0, MerkleTree.LeafHash(entry.Span), size);
        }

        _bundle = bundle.ToArray();
        WriteEdges(size);
        _files.Flush();
        Checkpoint = Checkpoint.Of(Checkpoint.Origin, size, RootOf(size));
        return Sign();
    }

    /// <summary>Shows a checkpoint to everybody, with the cosignatures that it has by now.</summary>
    public void Publish(Note note)
    {
        _files.Write(LogTile.Checkpoint, Encoding.UTF8.GetBytes(note.ToString()));
        _files.Flush();
    }

    private Note Sign()
    {
        var text = Checkpoint.Text;
        var note = $"{text}\n{Note.SignatureOf(text, Checkpoint.Origin, _key)}";
        PrivateFiles.Replace(_signedPath, Encoding.UTF8.GetBytes(note));
        return Note.Read(note);
    }

    /// <summary>Whether the key has signed the empty tree of this log, and nothing else.</summary>
    private bool IsSignedEmpty()
    {
        try
        {
            var signed = Note.Read(BoundedFile.Read(_signedPath, Note.MaxBytes));
            return signed.IsSignedBy(_noteKey) && Checkpoint.Read(signed.Text).IsSameTree(Checkpoint);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads the right edge of the tree, and holds it against what was signed.</summary>
    private void TakeOver()
    {
        var signed = File.Exists(_signedPath) ? Note.Read(BoundedFile.Read(_signedPath, Note.MaxBytes)) : throw LogRefusal.RolledBack($"'{_signedPath}' is missing: nobody can tell what the key signed last");
        var last = signed.IsSignedBy(_noteKey) ? Checkpoint.Read(signed.Text) : throw LogRefusal.Signature($"'{_signedPath}' is not signed by this key for '{_noteKey.Name}'");
        if (last.Size < Checkpoint.Size || (last.Size == Checkpoint.Size && !last.IsSameTree(Checkpoint)))
        {
            throw LogRefusal.Fork("the key has signed another tree than the directory holds");
        }

        // Signed and not shown: the process ended in between. Its tiles are there, or the directory is an older copy.
        Read(last.Size);
        if (!RootOf(last.Size).AsSpan().SequenceEqual(last.Root))
        {
            throw LogRefusal.RolledBack($"the directory does not hold the tree of {last.Size} entries that the key signed last");
        }

        if (last.Size > Checkpoint.Size)
        {
            Checkpoint = last;
            Publish(signed);
        }
    }

    private void Read(long size)
    {
        for (var level = 0; size >> (level * LogTile.Height) > 0; level++)
        {
            var hashes = size >> (level * LogTile.Height);
            var width = (int)(hashes % LogTile.Width);
            _edges.Add(width == 0 ? [] : Part(LogTile.Hashes(level, hashes / LogTile.Width, width), LogTile.Width * MerkleTree.HashBytes) is { } edge && edge.Length == width * MerkleTree.HashBytes ? edge : throw LogRefusal.Form("a tile of the log has another length"));
        }

        var rest = (int)(size % LogTile.Width);
        _bundle = rest == 0 ? [] : Part(LogTile.Entries(size / LogTile.Width, rest), LogTile.MaxBundleBytes);
        var leaves = LogReader.Split(_bundle, rest).SelectMany(entry => MerkleTree.LeafHash(entry.Span)).ToArray();
        if (!leaves.AsSpan().SequenceEqual(rest == 0 ? [] : _edges[0]))
        {
            throw LogRefusal.RolledBack("the last entries in the directory are others than the tree that the key signed last holds");
        }
    }

    private byte[] Part(string path, int maxBytes) => _files.Find(path, maxBytes) ?? throw LogRefusal.RolledBack($"the directory has no '{path}', which the tree that the key signed last needs");

    /// <summary>Adds a hash to the edge of a level. A tile that is whole is written, and its hash goes up.</summary>
    private void Add(int level, byte[] hash, long size)
    {
        if (_edges.Count == level)
        {
            _edges.Add([]);
        }

        _edges[level] = [.. _edges[level], .. hash];
        if (_edges[level].Length == LogTile.Width * MerkleTree.HashBytes)
        {
            var tile = _edges[level];
            _files.Write(LogTile.Hashes(level, (size >> ((level + 1) * LogTile.Height)) - 1, LogTile.Width), tile);
            _edges[level] = [];
            Add(level + 1, MerkleTree.Fold(tile), size);
        }
    }

    private void WriteEdges(long size)
    {
        for (var level = 0; level < _edges.Count; level++)
        {
            if (_edges[level].Length > 0)
            {
                _files.Write(LogTile.Hashes(level, size >> ((level + 1) * LogTile.Height), _edges[level].Length / MerkleTree.HashBytes), _edges[level]);
            }
        }

        if (_bundle.Length > 0)
        {
            _files.Write(LogTile.Entries(size / LogTile.Width, (int)(size % LogTile.Width)), _bundle);
        }
    }

    /// <summary>The edges from the top to the bottom are the subtrees of the tree, from the left to the right.</summary>
    private byte[] RootOf(long size)
    {
        if (size == 0)
        {
            return MerkleTree.EmptyRoot;
        }

        byte[]? root = null;
        foreach (var edge in _edges)
        {
            root = Join(edge, root);
        }

        return root!;
    }

    /// <summary>Whole subtrees of one level to the left of what lies to their right.</summary>
    private static byte[]? Join(ReadOnlySpan<byte> edge, byte[]? right)
    {
        var count = edge.Length / MerkleTree.HashBytes;
        var root = right;

        // From the right, in powers of two: the smallest subtree stands last.
        for (var end = count; end > 0;)
        {
            var width = end & -end;
            var subtree = MerkleTree.Fold(edge[((end - width) * MerkleTree.HashBytes)..(end * MerkleTree.HashBytes)]);
            root = root is null ? subtree : MerkleTree.NodeHash(subtree, root);
            end -= width;
        }

        return root;
    }
}
