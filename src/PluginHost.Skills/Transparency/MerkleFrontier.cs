namespace PluginHost.Skills.Transparency;

/// <summary>The tree of leaves that are added one after the other, of which only whole subtrees are kept, one of each height: as one counts in binary.</summary>
internal sealed class MerkleFrontier
{
    private readonly List<byte[]?> _subtrees = [];

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
    }
}
