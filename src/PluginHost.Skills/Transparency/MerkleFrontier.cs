namespace PluginHost.Skills.Transparency;

/// <summary>The tree of leaves that are added one after the other, of which only whole subtrees are kept, one of each height: as one counts in binary.</summary>
internal sealed class MerkleFrontier
{
    private const int MaxHeight = 62;
    private readonly List<byte[]?> _subtrees = [];

    /// <summary>How many leaves it has.</summary>
    public long Size { get; private set; }

    /// <summary>Hash of the tree.</summary>
    public byte[] Root => _subtrees.Where(subtree => subtree is not null).Aggregate((byte[]?)null, (right, left) => right is null ? left : MerkleTree.NodeHash(left!, right)) ?? MerkleTree.EmptyRoot;

    /// <summary>Adds the hash of a leaf.</summary>
    public void Add(byte[] hash)
    {
        var height = 0;
        for (; height < _subtrees.Count && _subtrees[height] is { } left; height++)
        {
            hash = MerkleTree.NodeHash(left, hash);
            _subtrees[height] = null;
        }

        if (height == _subtrees.Count)
        {
            _subtrees.Add(null);
        }

        _subtrees[height] = hash;
        Size++;
    }

    /// <summary>The tree as a text: each whole subtree, the lowest first, empty where there is none of that height.</summary>
    public override string ToString() => string.Join(',', _subtrees.Select(subtree => subtree is null ? "" : Convert.ToHexStringLower(subtree)));

    /// <summary>Goes on from a tree that was kept.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MerkleFrontier Parse(string text)
    {
        var tree = new MerkleFrontier();
        foreach (var subtree in text.Length == 0 ? [] : text.Split(','))
        {
            if (tree._subtrees.Count > MaxHeight || subtree.Length is not (0 or 2 * MerkleTree.HashBytes))
            {
                throw new FormatException("it is no tree");
            }

            tree.Size += subtree.Length == 0 ? 0 : 1L << tree._subtrees.Count;
            tree._subtrees.Add(subtree.Length == 0 ? null : Convert.FromHexString(subtree));
        }

        return tree;
    }
}
