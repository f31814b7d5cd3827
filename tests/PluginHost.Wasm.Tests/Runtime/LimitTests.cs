namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class LimitTests
{
    [TestMethod]
    public void Memory_BeyondTheStore_IsRefusedAtLoad()
    {
        var error = Assert.ThrowsExactly<WasmLimitException>(() => new Guest("(module (memory 3))", limits: new StoreOptions { MemoryBytes = 131_072 }));

        Assert.AreEqual(nameof(StoreOptions.MemoryBytes), error.Limit);
    }

    [TestMethod]
    public void MemoryGrow_BeyondTheStore_IsMinusOne_AndTheGuestGoesOn()
    {
        using var guest = new Guest(
            """(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""",
            limits: new StoreOptions { MemoryBytes = 131_072 });

        Assert.AreEqual(1, guest.CallI32("grow", 1));
        Assert.AreEqual(-1, guest.CallI32("grow", 1));
        Assert.AreEqual(-1, guest.CallI32("grow", -1));
        Assert.AreEqual(2, guest.CallI32("grow", 0));
    }

    [TestMethod]
    public void Table_BeyondTheStore_IsRefusedAtLoad() =>
        Assert.ThrowsExactly<WasmLimitException>(() => new Guest("(module (table 0x80000000 funcref))"));

    [TestMethod]
    public void TableGrow_BeyondTheStore_IsMinusOne()
    {
        using var guest = new Guest(
            """(module (table 1 externref) (func (export "grow") (param i32) (result i32) (table.grow (ref.null extern) (local.get 0))))""",
            limits: new StoreOptions { TableElements = 10 });

        Assert.AreEqual(1, guest.CallI32("grow", 9));
        Assert.AreEqual(-1, guest.CallI32("grow", 1));
        Assert.AreEqual(-1, guest.CallI32("grow", -1));
    }

    [TestMethod]
    public void Instances_BeyondTheStore_AreRefused()
    {
        using var store = new Store(new StoreOptions { Instances = 2 });
        var module = Guest.Compile("(module)");
        new Linker().Instantiate(store, module);
        new Linker().Instantiate(store, module);

        Assert.ThrowsExactly<WasmLimitException>(() => new Linker().Instantiate(store, module));
    }

    [TestMethod]
    public void Segment_BeyondTheMemory_TrapsAtLoad() =>
        Assert.AreEqual(
            TrapKind.MemoryOutOfBounds,
            Assert.ThrowsExactly<WasmTrapException>(() => new Guest("""(module (memory 1) (data (i32.const 65536) "x"))""")).Kind);

    [TestMethod]
    public void ConstantExpression_WithArithmetic_IsEvaluated()
    {
        using var guest = new Guest("""
            (module (import "env" "base" (global $base i32)) (memory (export "memory") 1)
              (data (i32.add (global.get $base) (i32.mul (i32.const 3) (i32.const 5))) "x"))
            """, linker: new Linker().Define("env", "base", new WasmGlobal(new GlobalType(ValType.I32, false), WasmValue.FromI32(100))));
        var content = new byte[1];
        guest.Instance.GetMemory("memory")!.Read(115, content);

        Assert.AreEqual((byte)'x', content[0]);
    }
}
