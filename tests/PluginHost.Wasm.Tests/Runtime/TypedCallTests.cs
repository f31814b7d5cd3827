namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class TypedCallTests
{
    private const string Program = """
        (module (import "host" "again" (func $again (param i32) (result i32)))
          (func (export "mix") (param i32 i64 f32 f64) (result f64)
            (f64.add (f64.convert_i32_s (local.get 0)) (f64.add (f64.convert_i64_s (local.get 1)) (f64.add (f64.promote_f32 (local.get 2)) (local.get 3)))))
          (func (export "nothing"))
          (func (export "pair") (result i32 i32) (i32.const 1) (i32.const 2))
          (func (export "trap") (unreachable))
          (func (export "spin") (loop (br 0)))
          (func $down (export "down") (param i32) (result i32)
            (if (result i32) (local.get 0) (then (call $down (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 7))))
          (func (export "calls") (param i32) (result i32) (call $again (local.get 0))))
        """;

    private static Guest Open(Func<Caller, int, int>? again = null, StoreOptions? limits = null) =>
        new(Program, limits: limits, linker: new Linker().Define("host", "again", HostFunction.Create(again ?? ((_, value) => value))));

    [TestMethod]
    public void Delegate_PassesEveryKindOfNumber()
    {
        using var guest = Open();
        var mix = guest.Instance.GetFunction("mix")!.CreateDelegate<Func<int, long, float, double, double>>();

        Assert.AreEqual(1 - 2 + 0.5 + 0.25, mix(1, -2, 0.5f, 0.25));
        Assert.AreEqual(mix(1, -2, 0.5f, 0.25), mix(1, -2, 0.5f, 0.25));
        guest.Instance.GetFunction("nothing")!.CreateDelegate<Action>()();
    }

    [TestMethod]
    public void Delegate_OfAnotherType_IsRefused()
    {
        using var guest = Open();

        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetFunction("down")!.CreateDelegate<Func<int, long>>());
        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetFunction("down")!.CreateDelegate<Action<int>>());
        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetFunction("down")!.CreateDelegate<Converter<int, int>>());
        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetFunction("nothing")!.CreateDelegate<Action<Caller>>());
        Assert.ThrowsExactly<ArgumentException>(() => guest.Instance.GetFunction("pair")!.CreateDelegate<Func<int>>());
    }

    [TestMethod]
    public void Trap_InADelegate_NamesItsFrames_AndTheStoreGoesOn()
    {
        using var guest = Open();

        var trap = Assert.ThrowsExactly<WasmTrapException>(() => guest.Instance.GetFunction("trap")!.CreateDelegate<Action>()());

        Assert.AreEqual("trap", trap.Stack.Single().ToString());
        Assert.AreEqual(7, guest.CallI32("down", 1));
    }

    [TestMethod]
    public void Depth_HoldsForDelegatesAndForCallsBack()
    {
        var results = new List<string>();
        Func<int, int> down = null!;
        using var guest = Open(
            (_, depth) =>
            {
                try
                {
                    return down(depth);
                }
                catch (WasmTrapException trap)
                {
                    results.Add(trap.Kind.ToString());
                    return -1;
                }
            },
            new StoreOptions { CallDepth = 50 });
        down = guest.Instance.GetFunction("down")!.CreateDelegate<Func<int, int>>();
        var calls = guest.Instance.GetFunction("calls")!.CreateDelegate<Func<int, int>>();

        Assert.AreEqual(7, down(50));
        Assert.AreEqual(TrapKind.CallStackExhausted, Assert.ThrowsExactly<WasmTrapException>(() => down(51)).Kind);
        Assert.AreEqual(7, calls(48));
        Assert.AreEqual(-1, calls(50));
        Assert.AreEqual(7, calls(48));
        CollectionAssert.AreEqual(new[] { nameof(TrapKind.CallStackExhausted) }, results);
    }

    [TestMethod]
    [Timeout(60_000)]
    public void Store_ThatRunsOnOneThread_IsRefusedToAnother_AndDisposedWhenItEnds()
    {
        var guest = Open();
        var spin = guest.Instance.GetFunction("spin")!.CreateDelegate<Action>();
        WasmTrapException? trap = null;
        var runner = new Thread(() =>
        {
            while (trap is null)
            {
                try
                {
                    spin();
                }
                catch (WasmTrapException e)
                {
                    trap = e;
                }
                catch (InvalidOperationException)
                {
                    // The other thread is inside just now.
                }
            }
        });
        runner.Start();
        var nothing = guest.Instance.GetFunction("nothing")!.CreateDelegate<Action>();
        while (true)
        {
            try
            {
                nothing();
            }
            catch (InvalidOperationException)
            {
                break;
            }
        }

        guest.Dispose();
        guest.Store.Interrupt();
        runner.Join();

        Assert.AreEqual(TrapKind.Interrupted, trap!.Kind);
        Assert.Throws<InvalidOperationException>(() => nothing());
    }

    [TestMethod]
    public void DisposedStore_IsRefused()
    {
        var guest = Open();
        var nothing = guest.Instance.GetFunction("nothing")!.CreateDelegate<Action>();
        guest.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => nothing());
    }

    [TestMethod]
    public void Calls_InBothDirections_AllocateNothing()
    {
        using var guest = Open();
        var calls = guest.Instance.GetFunction("calls")!.CreateDelegate<Func<int, int>>();
        calls(1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++)
        {
            calls(i);
        }

        Assert.IsLessThan(1_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
