namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class LinkingTests
{
    [TestMethod]
    public void CallIndirect_ThroughAnotherModulesTable_ComparesTypesAcrossModules()
    {
        using var store = new Store();
        var owner = new Linker().Instantiate(store, Guest.Compile("""
            (module (table (export "t") funcref (elem $a $b))
              (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
              (func $b (param i64) (result i32) (i32.const 0)))
            """));
        var user = new Linker().Define("owner", owner).Instantiate(store, Guest.Compile("""
            (module (type $unrelated (func)) (type $f (func (param i32) (result i32))) (import "owner" "t" (table 2 funcref))
              (func (export "call") (param i32) (result i32) (call_indirect (type $f) (i32.const 41) (local.get 0))))
            """));

        Assert.AreEqual(42, user.GetFunction("call")!.Invoke(WasmValue.FromI32(0))[0].I32);
        var trap = Assert.ThrowsExactly<WasmTrapException>(() => user.GetFunction("call")!.Invoke(WasmValue.FromI32(1)));
        Assert.AreEqual(TrapKind.IndirectCallTypeMismatch, trap.Kind);
    }

    [TestMethod]
    public void Import_FromAnotherStore_IsRefused()
    {
        using var one = new Store();
        using var two = new Store();
        var owner = new Linker().Instantiate(one, Guest.Compile("""(module (func (export "f")) (memory (export "m") 1))"""));
        foreach (var import in new[] { """(import "o" "f" (func))""", """(import "o" "m" (memory 1))""" })
        {
            Assert.ThrowsExactly<WasmLinkException>(() => new Linker().Define("o", owner).Instantiate(two, Guest.Compile($"(module {import})")));
        }
    }

    [TestMethod]
    public void FunctionReference_OfAnotherStore_IsRefusedOnEveryWayIn()
    {
        using var other = new Store();
        var foreign = new Linker().Instantiate(other, Guest.Compile("""(module (func (export "f")))""")).GetFunction("f");
        var linker = new Linker().Define("h", "get", HostFunction.Create(
            new FunctionType([], [ValType.FuncRef]), (_, _, results) => results[0] = WasmValue.FromFunction(foreign)));
        using var guest = new Guest("""
            (module (import "h" "get" (func $get (result funcref))) (global (export "g") (mut funcref) (ref.null func))
              (func (export "take") (param funcref)) (func (export "get") (drop (call $get))))
            """, linker: linker);

        Assert.ThrowsExactly<ArgumentException>(() => guest.Call("take", WasmValue.FromFunction(foreign)));
        Assert.ThrowsExactly<ArgumentException>(() => guest.Call("get"));
        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetGlobal("g")!.Value = WasmValue.FromFunction(foreign));
        var global = new WasmGlobal(new GlobalType(ValType.FuncRef, false), WasmValue.FromFunction(foreign));
        Assert.ThrowsExactly<WasmLinkException>(() => new Guest(
            """(module (import "h" "g" (global funcref)))""", linker: new Linker().Define("h", "g", global)));
    }

    [TestMethod]
    public void PassiveElements_CountLikeATable() =>
        Assert.ThrowsExactly<WasmLimitException>(() => new Guest(
            """(module (func $f) (elem func $f $f $f $f))""", limits: new StoreOptions { TableElements = 3 }));

    [TestMethod]
    public void Define_TheSameNameTwice_IsRefused() =>
        Assert.ThrowsExactly<ArgumentException>(() => new Linker()
            .Define("m", "f", HostFunction.Create((Action<Caller>)(_ => { })))
            .Define("m", "f", HostFunction.Create((Action<Caller>)(_ => { }))));

    [TestMethod]
    public void MissingImport_IsNamed()
    {
        var error = Assert.ThrowsExactly<WasmLinkException>(() => new Guest("""(module (import "env" "nope" (func)))"""));

        Assert.AreEqual("nope", error.Import.Name);
    }

    [TestMethod]
    public void HostFunction_OfEveryShape_GetsItsArguments()
    {
        var linker = new Linker()
            .Define("h", "typed", HostFunction.Create((Func<Caller, int, long, float, double, double>)((_, a, b, c, d) => a + b + c + d)))
            .Define("h", "values", HostFunction.Create(
                new FunctionType([ValType.I32, ValType.ExternRef], [ValType.ExternRef, ValType.I64]),
                (_, arguments, results) =>
                {
                    results[0] = arguments[1];
                    results[1] = WasmValue.FromI64(arguments[0].I32 + 1L);
                }));
        using var guest = new Guest("""
            (module
              (import "h" "typed" (func $typed (param i32 i64 f32 f64) (result f64)))
              (import "h" "values" (func $values (param i32 externref) (result externref i64)))
              (func (export "typed") (result f64) (call $typed (i32.const 1) (i64.const 2) (f32.const 3.5) (f64.const 4.25)))
              (func (export "values") (param externref) (result externref i64) (call $values (i32.const 7) (local.get 0))))
            """, linker: linker);

        Assert.AreEqual(10.75, guest.Call("typed")[0].F64);
        var values = guest.Call("values", WasmValue.FromExternal("x"));
        Assert.AreEqual("x", values[0].External);
        Assert.AreEqual(8L, values[1].I64);
    }

    [TestMethod]
    public void HostFunction_ThatThrows_EndsTheCallWithItsException()
    {
        using var guest = new Guest(
            """(module (import "h" "f" (func $f)) (func (export "run") (call $f)))""",
            linker: new Linker().Define("h", "f", HostFunction.Create((Action<Caller>)(_ => throw new TimeoutException("mine")))));

        Assert.AreEqual("mine", Assert.ThrowsExactly<TimeoutException>(() => guest.Call("run")).Message);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Store_UsedFromAnotherThread_IsRefused_AndDisposalWaitsForTheGuest()
    {
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var linker = new Linker().Define("h", "wait", HostFunction.Create((Action<Caller>)(_ =>
        {
            inside.Set();
            goOn.Wait(TimeSpan.FromSeconds(30));
        })));
        var guest = new Guest("""
            (module (import "h" "wait" (func $wait)) (memory 1)
              (func (export "run") (result i32) (call $wait) (i32.store (i32.const 0) (i32.const 9)) (i32.load (i32.const 0))))
            """, linker: linker);
        var running = Task.Run(() => guest.CallI32("run"));
        inside.Wait(TimeSpan.FromSeconds(30));

        Assert.ThrowsExactly<InvalidOperationException>(() => guest.Call("run"));
        guest.Dispose();
        goOn.Set();

        Assert.AreEqual(9, running.Result);
        Assert.ThrowsExactly<ObjectDisposedException>(() => guest.Call("run"));
    }

    [TestMethod]
    public void CompiledModule_RunsOnManyThreadsAtOnce()
    {
        var compiled = Guest.Compile("""
            (module (memory 1) (func (export "count") (param i32) (result i32) (local i32)
              (loop (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
                (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
              (i32.load (i32.const 0))))
            """);
        var results = new int[32];
        Parallel.For(0, results.Length, i =>
        {
            using var store = new Store();
            results[i] = new Linker().Instantiate(store, compiled).GetFunction("count")!.Invoke(WasmValue.FromI32(1_000 + i))[0].I32;
        });

        CollectionAssert.AreEqual(Enumerable.Range(1_000, 32).ToArray(), results);
    }
}
