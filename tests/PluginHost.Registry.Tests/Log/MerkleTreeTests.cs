using FsCheck;
using FsCheck.Fluent;
using PluginHost.Logs;
using PluginHost.Registry.Log;
using PluginHost.Skills.Transparency;

namespace PluginHost.Registry.Tests.Log;

[TestClass]
public sealed class MerkleTreeTests
{
    /// <summary>RFC 6962 2.1, as it is written there, over all leaves: what the log computes from tiles is held against it.</summary>
    private static byte[] Naive(byte[][] leaves) => leaves.Length switch
    {
        0 => MerkleTree.EmptyRoot,
        1 => MerkleTree.LeafHash(leaves[0]),
        _ => (int)MerkleTree.LargestPowerBelow((ulong)leaves.Length) is var k ? MerkleTree.NodeHash(Naive(leaves[..k]), Naive(leaves[k..])) : [],
    };

    private static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => BitConverter.GetBytes(i * 7919))];

    [TestMethod]
    public async Task Tiles_MakeTheTreeOfTheRfc_AndItsProofsHold()
    {
        foreach (var size in new[] { 1, 2, 3, 5, 8, 255, 256, 257, 511, 512, 700, 1025 })
        {
            using var folder = new TemporaryFolder();
            var leaves = Leaves(size);
            using (var log = LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1)))
            {
                // In several steps, so that edges are taken up again.
                foreach (var part in leaves.Chunk(101))
                {
                    log.Publish(log.Append([.. part.Select(leaf => (ReadOnlyMemory<byte>)leaf)]));
                }

                CollectionAssert.AreEqual(Naive(leaves), log.Checkpoint.Root, $"{size}");
            }

            var reader = new LogReader(new DirectoryLogFiles(folder["log"]), size);
            var root = Naive(leaves);
            foreach (var index in new[] { 0, 1, size / 2, size - 1 }.Where(index => index < size).Distinct())
            {
                var proof = await reader.ProveAsync(index, default);
                Assert.IsTrue(MerkleTree.IsIncluded(index, size, MerkleTree.LeafHash(leaves[index]), proof, root), $"{index} of {size}");
                Assert.IsFalse(MerkleTree.IsIncluded(index, size, MerkleTree.LeafHash([1, 2, 3]), proof, root));
                Assert.IsFalse(MerkleTree.IsIncluded(index, size, MerkleTree.LeafHash(leaves[index]), [.. proof, root], root));
            }

            foreach (var before in new[] { 1, 2, size / 3, size / 2, 256, size - 1, size }.Where(before => before > 0 && before <= size).Distinct())
            {
                var smaller = Naive([.. leaves.Take(before)]);
                var proof = await reader.ProveConsistencyAsync(before, default);
                CollectionAssert.AreEqual(smaller, await reader.RootAsync(before, default));
                Assert.IsTrue(MerkleTree.IsConsistent(before, size, smaller, root, proof), $"{before} in {size}");
                Assert.IsFalse(before < size && MerkleTree.IsConsistent(before, size, MerkleTree.LeafHash([9]), root, proof));
            }

            var read = new List<byte[]>();
            await foreach (var (_, entry) in reader.EntriesAsync(0, default))
            {
                read.Add(entry);
            }

            Assert.IsTrue(read.Zip(leaves).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)) && read.Count == size);
        }
    }

    [TestMethod]
    public void Proofs_ThatAreChangedAnywhere_DoNotHold()
    {
        var leaves = Leaves(23);
        var root = Naive(leaves);
        using var folder = new TemporaryFolder();
        using var log = LogWriter.Create(folder["log"], LogKeys.Origin, folder["key"], LogKeys.Of(1));
        log.Append([.. leaves.Select(leaf => (ReadOnlyMemory<byte>)leaf)]);
        var reader = new LogReader(new DirectoryLogFiles(folder["log"]), 23);
        var change = Gen.Zip(Gen.Zip(Gen.Choose(0, 22), Gen.Choose(0, 1_000)), Gen.Choose(1, 255)).ToArbitrary();
        Prop.ForAll(change, edit =>
        {
            var ((index, at), with) = edit;
            var proof = reader.ProveAsync(index, default).GetAwaiter().GetResult().Select(hash => hash.ToArray()).ToList();
            proof[at % proof.Count][at % 32] ^= (byte)with;
            var consistency = index == 0 ? [] : reader.ProveConsistencyAsync(index, default).GetAwaiter().GetResult().Select(hash => hash.ToArray()).ToList();
            var smaller = Naive([.. leaves.Take(index)]);
            var holds = consistency.Count > 0 && MerkleTree.IsConsistent(index, 23, smaller, root, consistency);
            if (consistency.Count > 0)
            {
                consistency[at % consistency.Count][at % 32] ^= (byte)with;
            }

            return !MerkleTree.IsIncluded(index, 23, MerkleTree.LeafHash(leaves[index]), proof, root)
                && (index == 0 || (holds && !MerkleTree.IsConsistent(index, 23, smaller, root, consistency)));
        }).QuickCheckThrowOnFailure();
    }

    [TestMethod]
    [DataRow(0L, "000")]
    [DataRow(67L, "067")]
    [DataRow(1234067L, "x001/x234/067")]
    [DataRow(1000L, "x001/000")]
    public void Paths_AreThoseOfTheStandard(long index, string path)
    {
        Assert.AreEqual($"tile/3/{path}.p/7", LogTile.Hashes(3, index, 7));
        Assert.AreEqual($"tile/entries/{path}", LogTile.Entries(index, 256));
    }

    [TestMethod]
    public void Widths_AreThoseOfTheStandard()
    {
        // The example of the standard: a tree of 70,000.
        Assert.AreEqual((256, 112, 0), (LogTile.WidthIn(70_000, 0, 272), LogTile.WidthIn(70_000, 0, 273), LogTile.WidthIn(70_000, 0, 274)));
        Assert.AreEqual((256, 17, 1), (LogTile.WidthIn(70_000, 1, 0), LogTile.WidthIn(70_000, 1, 1), LogTile.WidthIn(70_000, 2, 0)));
    }
}
