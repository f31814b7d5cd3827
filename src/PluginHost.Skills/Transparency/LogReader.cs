using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PluginHost.Skills.Transparency;

/// <summary>
/// Reads the tree of a log from its tiles, as it was at a checkpoint. What a tile says is believed only as far as it hashes to the root: proofs that are
/// made of lies do not hold, and entries are compared with their hashes.
/// </summary>
/// <param name="files">Its files.</param>
/// <param name="size">How many leaves the tree has.</param>
internal sealed class LogReader(ILogFiles files, long size)
{
    private const int MaxCached = 512;
    private readonly Dictionary<(int Level, long Index), byte[]> _tiles = [];

    public long Size => size;

    /// <summary>Root of the tree of the first leaves.</summary>
    /// <exception cref="FormatException">A tile is missing or has another form.</exception>
    public async Task<byte[]> RootAsync(long leaves, CancellationToken cancellation) =>
        leaves == 0 ? MerkleTree.EmptyRoot : await RangeAsync(0, leaves, cancellation).ConfigureAwait(false);

    /// <summary>Proof that a leaf stands in the tree (RFC 6962 2.1.1).</summary>
    /// <exception cref="FormatException">A tile is missing or has another form.</exception>
    public Task<IReadOnlyList<byte[]>> ProveAsync(long index, CancellationToken cancellation) => index >= 0 && index < size ? ProofAsync(index, null, cancellation) : throw new FormatException($"the tree of {size} leaves has none at {index}");

    /// <summary>Proof that the tree continues a smaller one (RFC 6962 2.1.2).</summary>
    /// <exception cref="FormatException">A tile is missing or has another form, or the other tree is not smaller.</exception>
    public Task<IReadOnlyList<byte[]>> ProveConsistencyAsync(long smaller, CancellationToken cancellation) =>
        smaller is 0 || smaller == size ? Task.FromResult<IReadOnlyList<byte[]>>([])
            : smaller > 0 && smaller < size ? ProofAsync(null, smaller, cancellation) : throw new FormatException($"a tree of {size} leaves continues none of {smaller}");

    /// <summary>Entries from a place on, each compared with its hash in the tree.</summary>
    /// <exception cref="FormatException">A bundle is missing, or holds another entry than the tree does.</exception>
    public async IAsyncEnumerable<(long Index, byte[] Entry)> EntriesAsync(long from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var bundle = from / LogTile.Width; bundle * LogTile.Width < size; bundle++)
        {
            var (width, first) = (LogTile.WidthIn(size, 0, bundle), bundle * LogTile.Width);
            var hashes = await TileAsync(0, bundle, cancellation).ConfigureAwait(false);
            var (bytes, there) = await FindAsync(width => LogTile.Entries(bundle, width), width, LogTile.MaxBundleBytes, cancellation).ConfigureAwait(false);
            var entries = Split(bytes, there);
            for (var i = 0; i < width; i++)
            {
                if (!MerkleTree.LeafHash(entries[i].Span).AsSpan().SequenceEqual(hashes.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes)))
                {
                    throw new LogFault(LogFault.Consistency, $"the entry {first + i} is another one than the log's tree holds");
                }

                if (first + i >= from)
                {
                    yield return (first + i, entries[i].ToArray());
                }
            }
        }
    }

    /// <summary>Holds each tile of the upper levels against those below it: others make their proofs of them.</summary>
    /// <exception cref="FormatException">A tile is missing, or holds another hash than the tiles below it make.</exception>
    public async Task VerifyTilesAsync(CancellationToken cancellation)
    {
        for (var level = 1; size >> (level * LogTile.Height) is > 0 and var hashes; level++)
        {
            for (var first = 0L; first < hashes; first += LogTile.Width)
            {
                var tile = await TileAsync(level, first / LogTile.Width, cancellation).ConfigureAwait(false);
                for (var i = 0; i < Math.Min(LogTile.Width, hashes - first); i++)
                {
                    if (!MerkleTree.Fold(await TileAsync(level - 1, first + i, cancellation).ConfigureAwait(false)).AsSpan().SequenceEqual(tile.AsSpan(i * MerkleTree.HashBytes, MerkleTree.HashBytes)))
                    {
                        throw new LogFault(LogFault.Consistency, $"the tile '{LogTile.Hashes(level, first / LogTile.Width, LogTile.WidthIn(size, level, first / LogTile.Width))}' holds another hash than the tiles below it make");
                    }
                }
            }
        }
    }

    /// <summary>Entries of a bundle.</summary>
    /// <exception cref="FormatException">It has another form.</exception>
    public static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> bundle, int width)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        while (!bundle.IsEmpty && entries.Count < width)
        {
            var length = bundle.Length < sizeof(ushort) ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bundle.Span);
            if (length > bundle.Length - sizeof(ushort))
            {
                break;
            }

            entries.Add(bundle.Slice(sizeof(ushort), length));
            bundle = bundle[(sizeof(ushort) + length)..];
        }

        return entries.Count == width && bundle.IsEmpty ? entries : throw new FormatException("a bundle of entries of the log has another form");
    }

    /// <summary>Walks from the root to a leaf, or to where a smaller tree ends, and collects the hashes beside the way.</summary>
    private async Task<IReadOnlyList<byte[]>> ProofAsync(long? leaf, long? smaller, CancellationToken cancellation)
    {
        var proof = new List<byte[]>();
        var (start, end) = (0L, size);
        var isWhole = true;
        while (leaf is null ? end - start != smaller - start : end - start > 1)
        {
            var middle = start + (long)MerkleTree.LargestPowerBelow((ulong)(end - start));
            if ((leaf ?? smaller - 1) < middle)
            {
                proof.Add(await RangeAsync(middle, end, cancellation).ConfigureAwait(false));
                end = middle;
            }
            else
            {
                proof.Add(await RangeAsync(start, middle, cancellation).ConfigureAwait(false));
                start = middle;
                isWhole = false;
            }
        }

        // The subtree at which the smaller tree ends is repeated, unless it is the smaller tree.
        if (leaf is null && !isWhole)
        {
            proof.Add(await RangeAsync(start, end, cancellation).ConfigureAwait(false));
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>Hash of the leaves in a range that is a subtree of the tree (RFC 6962 2.1).</summary>
    private async Task<byte[]> RangeAsync(long start, long end, CancellationToken cancellation)
    {
        var count = end - start;
        if (long.IsPow2(count))
        {
            return await SubtreeAsync(start, count, cancellation).ConfigureAwait(false);
        }

        var middle = start + (long)MerkleTree.LargestPowerBelow((ulong)count);
        var left = await SubtreeAsync(start, middle - start, cancellation).ConfigureAwait(false);
        var right = await RangeAsync(middle, end, cancellation).ConfigureAwait(false);
        return MerkleTree.NodeHash(left, right);
    }

    /// <summary>A whole subtree: some neighbouring hashes of one tile.</summary>
    private async Task<byte[]> SubtreeAsync(long start, long count, CancellationToken cancellation)
    {
        var height = System.Numerics.BitOperations.Log2((ulong)count);
        var level = height / LogTile.Height;
        var first = start >> (level * LogTile.Height);
        var hashes = 1 << (height % LogTile.Height);
        var tile = await TileAsync(level, first / LogTile.Width, cancellation).ConfigureAwait(false);
        return MerkleTree.Fold(tile.AsSpan((int)(first % LogTile.Width) * MerkleTree.HashBytes, hashes * MerkleTree.HashBytes));
    }

    private async ValueTask<byte[]> TileAsync(int level, long index, CancellationToken cancellation)
    {
        if (_tiles.TryGetValue((level, index), out var known))
        {
            return known;
        }

        var width = LogTile.WidthIn(size, level, index);
        var (tile, there) = await FindAsync(width => LogTile.Hashes(level, index, width), width, LogTile.Width * MerkleTree.HashBytes, cancellation).ConfigureAwait(false);
        if (tile.Length != there * MerkleTree.HashBytes)
        {
            throw new FormatException("a tile of the log is shorter or longer than its name says");
        }

        if (_tiles.Count >= MaxCached)
        {
            _tiles.Clear();
        }

        return _tiles[(level, index)] = tile;
    }

    /// <summary>A partial file may have gone once the whole one is there.</summary>
    /// <returns>Its bytes, and how many hashes or entries it holds.</returns>
    private async Task<(byte[] Bytes, int Width)> FindAsync(Func<int, string> path, int width, int maxBytes, CancellationToken cancellation)
    {
        if (width > 0 && await files.FindAsync(path(width), maxBytes, cancellation).ConfigureAwait(false) is { } found)
        {
            return (found, width);
        }

        return width is > 0 and < LogTile.Width && await files.FindAsync(path(LogTile.Width), maxBytes, cancellation).ConfigureAwait(false) is { } whole
            ? (whole, LogTile.Width)
            : throw new FormatException($"the log has no '{path(width)}'");
    }
}
