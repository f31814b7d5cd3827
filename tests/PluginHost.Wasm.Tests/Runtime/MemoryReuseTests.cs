namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Address ranges are used again: nothing of one memory may be seen in the next.</summary>
[TestClass]
public sealed class MemoryReuseTests
{
    private const string Program = """
        (module (memory (export "memory") 1 600)
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "fill") (memory.fill (i32.const 0) (i32.const 0xab) (i32.mul (memory.size) (i32.const 65536))))
          (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0))))
        """;

    [TestMethod]
    [DataRow(0)]
    [DataRow(20)]
    [DataRow(599)]
    public void NewMemory_ReadsAsZeros_WhateverTheLastOneHeld(int pages)
    {
        for (var i = 0; i < 40; i++)
        {
            using var guest = new Guest(Program);
            Assert.AreEqual(1, guest.CallI32("grow", pages));
            var content = new byte[(pages + 1) * 65_536];
            guest.Instance.GetMemory("memory")!.Read(0, content);
            Assert.AreEqual(-1, content.AsSpan().IndexOfAnyExcept((byte)0));
            guest.Call("fill");
        }
    }

    [TestMethod]
    public void NewMemory_EndsWhereItEnds_HoweverLargeTheLastOneWas()
    {
        for (var i = 0; i < 40; i++)
        {
            using var guest = new Guest(Program);
            Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap("load", 65_536).Kind);
            guest.CallI32("grow", 100);
            guest.Call("fill");
            Assert.AreEqual(0xab, guest.CallI32("load", 65_536));
        }
    }

    [TestMethod]
    public void MemoriesThatLiveAtTheSameTime_AreApart()
    {
        var guests = Enumerable.Range(0, 30).Select(_ => new Guest(Program)).ToList();
        guests.ForEach(guest => guest.Instance.GetMemory("memory")!.Write(0, [1]));
        guests.Take(15).ToList().ForEach(guest => guest.Dispose());
        var more = Enumerable.Range(0, 30).Select(_ => new Guest(Program)).ToList();

        Assert.IsTrue(more.TrueForAll(guest => guest.CallI32("load", 0) == 0));
        Assert.IsTrue(guests.Skip(15).All(guest => guest.CallI32("load", 0) == 1));
        Assert.AreEqual(45, guests.Skip(15).Concat(more).Select(guest => guest.Instance.GetMemory("memory")!.Base).Distinct().Count());
        guests.Concat(more).ToList().ForEach(guest => guest.Dispose());
    }
}
