using FsCheck;
using FsCheck.Fluent;
using PluginHost.Abi.Extism;

namespace PluginHost.Tests.Extism;

[TestClass]
public sealed class ExtismMemoryTests
{
    [TestMethod]
    public void Blocks_DoNotOverlap_WhateverIsAllocatedAndFreed() => Prop.ForAll(
        Gen.Choose(-40, 40).ListOf().ToArbitrary(),
        steps =>
        {
            var memory = new ExtismMemory(100_000);
            var live = new List<(long Offset, byte Mark)>();
            byte mark = 0;
            foreach (var step in steps)
            {
                if (step > 0)
                {
                    var offset = memory.Allocate(step);
                    mark++;
                    for (var i = 0; i < step; i++)
                    {
                        Assert.AreEqual(0, memory.LoadByte(offset + i));
                        memory.StoreByte(offset + i, mark);
                    }

                    live.Add((offset, mark));
                }
                else if (live.Count > 0)
                {
                    var at = -step % live.Count;
                    memory.Free(live[at].Offset);
                    live.RemoveAt(at);
                }
            }

            return live.TrueForAll(block => memory.Read(block.Offset)!.All(value => value == block.Mark));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [TestMethod]
    public void Access_OutOfRange_ReadsZeroAndWritesNothing()
    {
        var memory = new ExtismMemory(1000);
        var block = memory.Allocate("abc"u8);
        foreach (var at in new[] { -1, long.MinValue, long.MaxValue, 1000, block + 1 })
        {
            memory.StoreLong(at, -1);
            Assert.AreEqual(0L, memory.LoadLong(at));
        }

        CollectionAssert.AreEqual("abc"u8.ToArray(), memory.Read(block));
        Assert.IsNull(memory.Read(block + 1));
        Assert.IsFalse(memory.Contains(block, long.MaxValue));
    }

    [TestMethod]
    public void Allocate_OfManySmallBlocks_CountsWhatTheyCostTheHost()
    {
        var memory = new ExtismMemory(1_000_000);
        var blocks = 0;
        while (memory.Allocate(1) != 0)
        {
            blocks++;
        }

        Assert.IsTrue(blocks < 1_000_000 / 64);
    }

    [TestMethod]
    public void Allocate_NearTheLimitOfAnArray_DoesNotOverflow()
    {
        var memory = new ExtismMemory(long.MaxValue);

        Assert.AreEqual(0, memory.Allocate(0x7FFF_FFFF));
        Assert.AreEqual(0, memory.Allocate(0x1_0000_0001));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(1001)]
    [DataRow(long.MaxValue)]
    public void Allocate_ThatCannotBe_IsZero(long length) => Assert.AreEqual(0, new ExtismMemory(1000).Allocate(length));
}
