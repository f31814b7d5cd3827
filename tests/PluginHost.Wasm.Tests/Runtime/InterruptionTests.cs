namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class InterruptionTests
{
    private const string Program = """
        (module (memory 1)
          (func (export "loop") (loop (br 0)))
          (func (export "recursion") (call 2) (call 1))
          (func (call 3) (call 3)) (func (call 4) (call 4)) (func (call 5) (call 5)) (func (call 6) (call 6)) (func (call 7) (call 7))
          (func (call 8) (call 8)) (func (call 9) (call 9)) (func (call 10) (call 10)) (func (call 11) (call 11)) (func (call 12) (call 12))
          (func (call 13) (call 13)) (func (call 14) (call 14)) (func (call 15) (call 15)) (func (call 16) (call 16)) (func (call 17) (call 17))
          (func (call 18) (call 18)) (func (call 19) (call 19)) (func (call 20) (call 20)) (func (call 21) (call 21)) (func (call 22) (call 22))
          (func (call 23) (call 23)) (func (call 24) (call 24)) (func (call 25) (call 25)) (func (call 26) (call 26)) (func (call 27) (call 27))
          (func (call 28) (call 28)) (func (call 29) (call 29)) (func (call 30) (call 30)) (func (call 31) (call 31)) (func (call 32) (call 32))
          (func (call 33) (call 33)) (func (call 34) (call 34)) (func (call 35) (call 35)) (func (call 36) (call 36)) (func (call 37) (call 37))
          (func (call 38) (call 38)) (func (call 39) (call 39)) (func (call 40) (call 40)) (func)
          (func (export "fills") (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 65536)) (br 0)))
          (func (export "answer") (result i32) (i32.const 42)))
        """;

    [TestMethod]
    [DataRow("loop", true)]
    [DataRow("loop", false)]
    [DataRow("recursion", true)]
    [DataRow("recursion", false)]
    [DataRow("fills", true)]
    [DataRow("fills", false)]
    [Timeout(60_000)]
    public void Cancellation_StopsTheGuest(string export, bool metering)
    {
        using var guest = new Guest(Program, new CompilationOptions { Metering = metering });
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        using (guest.Store.InterruptOn(cancellation.Token))
        {
            Assert.AreEqual(TrapKind.Interrupted, guest.Trap(export).Kind);
        }

        Assert.ThrowsExactly<InvalidOperationException>(() => guest.CallI32("answer"));
    }

    [TestMethod]
    public void Interruption_ThatMetNoGuest_CanBeTakenBack()
    {
        using var guest = new Guest(Program);

        guest.Store.Interrupt();
        guest.Store.ClearInterrupt();

        Assert.AreEqual(42, guest.CallI32("answer"));
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Start_ThatNeverEnds_IsStoppedToo()
    {
        using var store = new Store { Fuel = 100_000 };
        var module = Guest.Compile("(module (func $s (loop (br 0))) (start $s))");

        var trap = Assert.ThrowsExactly<WasmTrapException>(() => new Linker().Instantiate(store, module));

        Assert.AreEqual(TrapKind.OutOfFuel, trap.Kind);
    }
}
