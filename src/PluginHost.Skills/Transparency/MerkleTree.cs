using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace PluginHost.Skills.Transparency;

/// <summary>The Merkle tree of a log and its proofs (RFC 6962 2.1, RFC 9162 2.1).</summary>
internal static class MerkleTree
{
    public const int HashBytes = 32;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    /// <summary>Root of the tree without a leaf: the hash of nothing.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    public static byte[] LeafHash(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafPrefix]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> joined = stackalloc byte[1 + (2 * HashBytes)];
        joined[0] = NodePrefix;
        left.CopyTo(joined[1..]);
        right.CopyTo(joined[(1 + HashBytes)..]);
        return SHA256.HashData(joined);
    }

    /// <summary>Hash of some neighbouring subtrees of equal height, in their order: what RFC 6962 calls MTH of them.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / HashBytes;
        if (count <= 1)
        {
            return count == 0 ? EmptyRoot : hashes[..HashBytes].ToArray();
        }

        var left = (int)LargestPowerBelow((ulong)count) * HashBytes;
        return NodeHash(Fold(hashes[..left]), Fold(hashes[left..]));
    }

    /// <summary>The largest power of two that is smaller.</summary>
    public static ulong LargestPowerBelow(ulong count) => 1UL << (63 - BitOperations.LeadingZeroCount(count - 1));

    /// <summary>Whether a proof shows that a leaf stands in a tree (RFC 9162 2.1.3.2). It has exactly as many hashes as the way has steps.</summary>
    public static bool IsIncluded(long index, long size, ReadOnlySpan<byte> leaf, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leaf.Length != HashBytes || root.Length != HashBytes || proof.Any(hash => hash.Length != HashBytes))
        {
            return false;
        }

        var (fn, sn) = ((ulong)index, (ulong)size - 1);
        var hash = leaf.ToArray();
        foreach (var step in proof)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                hash = NodeHash(step, hash);
                while ((fn & 1) == 0 && fn != 0)
                {
                    (fn, sn) = (fn >> 1, sn >> 1);
                }
            }
            else
            {
                hash = NodeHash(hash, step);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && root.SequenceEqual(hash);
    }

    /// <summary>
    /// Whether a proof shows that one tree continues another (RFC 9162 2.1.4.2). The empty tree is continued by every tree, which no proof shows: it is
    /// for the caller to say what that means.
    /// </summary>
    public static bool IsConsistent(long size, long laterSize, ReadOnlySpan<byte> root, ReadOnlySpan<byte> laterRoot, IReadOnlyList<byte[]> proof)
    {
        if (size <= 0 || size > laterSize || root.Length != HashBytes || laterRoot.Length != HashBytes || proof.Any(step => step.Length != HashBytes))
        {
            return false;
        }

        if (size == laterSize)
        {
            return proof.Count == 0 && root.SequenceEqual(laterRoot);
        }

        // A tree that is a whole subtree of the later one is not repeated in the proof.
        var isSubtree = BitOperations.IsPow2(size);
        if (proof.Count == 0)
        {
            return false;
        }

        var (fn, sn) = ((ulong)size - 1, (ulong)laterSize - 1);
        while ((fn & 1) == 1)
        {
            (fn, sn) = (fn >> 1, sn >> 1);
        }

        var first = isSubtree ? root.ToArray() : proof[0];
        var (before, after) = (first, first);
        foreach (var step in isSubtree ? proof : proof.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                before = NodeHash(step, before);
                after = NodeHash(step, after);
                while ((fn & 1) == 0 && fn != 0)
                {
                    (fn, sn) = (fn >> 1, sn >> 1);
                }
            }
            else
            {
                after = NodeHash(after, step);
            }

            (fn, sn) = (fn >> 1, sn >> 1);
        }

        return sn == 0 && root.SequenceEqual(before) && laterRoot.SequenceEqual(after);
    }

    /// <summary>An entry as bundles hold it: its length in two bytes before it.</summary>
    public static byte[] Prefixed(ReadOnlySpan<byte> entry)
    {
        var bytes = new byte[sizeof(ushort) + entry.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, checked((ushort)entry.Length));
        entry.CopyTo(bytes.AsSpan(sizeof(ushort)));
        return bytes;
    }
}
