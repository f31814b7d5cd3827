namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class LazyCompilationTests
{
    private const string Ways = """
        (module
          (type $t (func (param i32) (result i32)))
          (table 2 2 funcref) (elem (i32.const 0) $indirect $never)
          (func $direct (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
          (func $indirect (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
          (func $never (param i32) (result i32) (unreachable))
          (func (export "run") (param i32) (result i32)
            (call $direct (call_indirect (type $t) (call $direct (local.get 0)) (i32.const 0)))))
        """;

    [TestMethod]
    public void Function_IsCompiledWhenItIsFirstCalled()
    {
        using var guest = new Guest(Ways);
        var functions = guest.Instance.Compiled.Functions;

        Assert.IsTrue(Enumerable.Range(0, 4).All(i => functions.Find(i) == 0));
        Assert.AreEqual(14, guest.CallI32("run", 10));
        Assert.AreEqual(14, guest.CallI32("run", 10));

        CollectionAssert.AreEqual(new[] { true, true, false, true }, Enumerable.Range(0, 4).Select(i => functions.Find(i) != 0).ToArray());
    }

    [TestMethod]
    public void SecondInstance_RunsTheCodeOfTheFirst()
    {
        var module = Guest.Compile(Ways);
        using var first = new Store();
        new Linker().Instantiate(first, module).GetFunction("run")!.Invoke(WasmValue.FromI32(1));
        var code = module.Functions.Find(1);
        using var second = new Store();
        var instance = new Linker().Instantiate(second, module);

        Assert.AreEqual(24, instance.GetFunction("run")!.Invoke(WasmValue.FromI32(20))[0].I32);
        Assert.AreEqual(code, instance.FunctionAt(1).Code);
    }

    [TestMethod]
    public void FirstCalls_OnManyThreadsAtOnce_AllAnswer()
    {
        const int functions = 200, threads = 8;
        var bodies = Enumerable.Range(0, functions).Select(i =>
            $"(func (param i32) (result i32) {(i == 0 ? "(local.get 0)" : $"(i32.add (i32.const {i}) (call {i - 1} (local.get 0)))")})");
        var module = Guest.Compile($"""(module {string.Concat(bodies)} (export "run" (func {functions - 1})))""");
        var answers = new int[threads];
        using var start = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            using var store = new Store();
            var run = new Linker().Instantiate(store, module).GetFunction("run")!;
            start.SignalAndWait();
            answers[i] = run.Invoke(WasmValue.FromI32(i))[0].I32;
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());

        CollectionAssert.AreEqual(Enumerable.Range(0, threads).Select(i => i + (functions * (functions - 1) / 2)).ToArray(), answers);
    }

    /// <summary>Each call of the chain goes through a stub, which must not leave a frame that nothing has accounted for.</summary>
    [TestMethod]
    public void ChainOfFirstTailCalls_TakesNoStack()
    {
        const int functions = 3_000;
        var bodies = Enumerable.Range(0, functions).Select(i => $"(func (param i32) (result i32) (return_call {i + 1} (local.get 0)))");
        using var guest = new Guest(
            $"""(module {string.Concat(bodies)} (func (param i32) (result i32) (local.get 0)) (export "run" (func 0)))""",
            limits: new StoreOptions { CallDepth = 1 });

        Assert.AreEqual(7, guest.CallI32("run", 7));
    }

    [TestMethod]
    public void ReferenceOfAnotherType_TrapsBeforeAndAfterItHasCode()
    {
        using var guest = new Guest("""
            (module (type $i (func (param i32) (result i32))) (type $l (func (param i64) (result i64)))
              (table 1 funcref) (elem (i32.const 0) $f)
              (func $f (export "f") (param i32) (result i32) (local.get 0))
              (func (export "wrong") (result i64) (call_indirect (type $l) (i64.const 1) (i32.const 0))))
            """);

        Assert.AreEqual(TrapKind.IndirectCallTypeMismatch, guest.Trap("wrong").Kind);
        Assert.AreEqual(3, guest.CallI32("f", 3));
        Assert.AreEqual(TrapKind.IndirectCallTypeMismatch, guest.Trap("wrong").Kind);
    }
}
