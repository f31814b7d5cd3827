namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class FuelTests
{
    private const string Program = """
        (module
          (import "host" "tick" (func $tick))
          (memory 1)
          (func $fib (export "fib") (param i32) (result i32)
            (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
              (then (local.get 0))
              (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1))) (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
          (func (export "loop") (loop (br 0)))
          (func (export "ticks") (loop (call $tick) (br 0)))
          (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)))
          (func (export "trap") (param i32) (result i32)
            (block (br_if 0 (local.get 0)) (drop (i32.load (i32.const 65535))))
            (i32.const 7)))
        """;

    private static readonly CompilationOptions Fallback = new() { ForceFallback = true };

    private static Guest Create(CompilationOptions? options = null, Action? tick = null) =>
        new(Program, options, null, new Linker().Define("host", "tick", HostFunction.Create((Action<Caller>)(_ => tick?.Invoke()))));

    private static long Used(Guest guest, string export, params int[] arguments)
    {
        guest.Store.Fuel = 1_000_000;
        try
        {
            guest.Call(export, [.. arguments.Select(WasmValue.FromI32)]);
        }
        catch (WasmTrapException)
        {
        }

        return 1_000_000 - guest.Store.Fuel;
    }

    [TestMethod]
    public void Fuel_OfACall_IsTheSameOptimizedAndNot()
    {
        using var optimized = Create();
        using var plain = Create(Fallback);

        Assert.AreEqual(Used(optimized, "fib", 12), Used(plain, "fib", 12));
        Assert.AreEqual(Used(optimized, "trap", 0), Used(plain, "trap", 0));
        Assert.IsTrue(Used(optimized, "fib", 12) > 1_000);
    }

    [TestMethod]
    public void Fuel_OfABlock_IsTheSumOfItsInstructions()
    {
        using var guest = Create();

        // local.get and br_if in the first block, i32.const in the last; the block between is skipped.
        Assert.AreEqual(3, Used(guest, "trap", 1));

        // With the load: its i32.const and itself, though it traps, and what would have followed.
        Assert.AreEqual(5, Used(guest, "trap", 0));
    }

    [TestMethod]
    public void Fuel_UsedUp_StopsALoop()
    {
        using var guest = Create();
        guest.Store.Fuel = 10_000;

        Assert.AreEqual(TrapKind.OutOfFuel, guest.Trap("loop").Kind);
        Assert.IsTrue(guest.Store.Fuel is < 0 and > -100);
    }

    [TestMethod]
    public void Fuel_UsedUp_StopsBeforeTheNextHostCall()
    {
        var ticks = 0;
        using var guest = Create(tick: () => ticks++);
        guest.Store.Fuel = 5;

        guest.Trap("ticks");

        Assert.AreEqual(0, ticks);
    }

    [TestMethod]
    public void Fuel_OfABulkInstruction_GrowsWithItsSize()
    {
        using var guest = Create();

        Assert.IsTrue(Used(guest, "fill") > 65_536 / 16);
    }

    [TestMethod]
    public void Fuel_OfACall_CoversTheLocalsItClears()
    {
        using var guest = new Guest($"""(module (func (export "wide") (local {string.Concat(Enumerable.Repeat("i64 ", 8_000))})))""");

        Assert.AreEqual(1_000, Used(guest, "wide"));
    }

    [TestMethod]
    public void Fuel_Unmetered_IsNotCharged()
    {
        using var guest = Create(new CompilationOptions { Metering = false });

        Assert.AreEqual(0, Used(guest, "fib", 12));
        Assert.AreEqual(0, Used(guest, "fill"));
    }

    [TestMethod]
    public void Fuel_SpentByAnImportedInstance_CountsInTheSameStore()
    {
        using var store = new Store { Fuel = 1_000_000 };
        var inner = new Linker().Define("host", "tick", HostFunction.Create((Action<Caller>)(_ => { }))).Instantiate(store, Guest.Compile(Program));
        var outer = new Linker().Define("inner", inner).Instantiate(store, Guest.Compile(
            """(module (import "inner" "fib" (func $fib (param i32) (result i32))) (func (export "run") (result i32) (call $fib (i32.const 12))))"""));

        outer.GetFunction("run")!.Invoke();

        Assert.IsTrue(1_000_000 - store.Fuel > 1_000);
    }
}
