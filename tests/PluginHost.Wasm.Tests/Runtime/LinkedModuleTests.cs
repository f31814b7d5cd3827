namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>A module that is linked once, and of which instances are made in many stores.</summary>
[TestClass]
public sealed class LinkedModuleTests
{
    private const string Adds = """(module (import "host" "add" (func $add (param i32) (result i32))) (global $n (mut i32) (i32.const 0)) (func (export "run") (result i32) (global.set $n (call $add (global.get $n))) (global.get $n)))""";

    private static CompiledModule Compiled(string text) => CompiledModule.Compile(WasmModule.Decode(TextModule.Encode(text)));

    [TestMethod]
    public void Instances_ShareNothing_AndFindTheDataOfTheirStore()
    {
        var linker = new Linker().Define("host", "add", (Func<Caller, int, int>)((caller, n) => n + (int)caller.Store.Data!));
        var linked = linker.Link(Compiled(Adds));

        Parallel.For(0, 200, i =>
        {
            using var store = new Store { Data = i };
            var run = linked.Instantiate(store).GetFunction("run")!;
            run.Invoke();
            Assert.AreEqual(2 * i, run.Invoke()[0].I32);
        });
    }

    [TestMethod]
    public void DataOfAStore_CanBeChangedBetweenCalls()
    {
        var linked = new Linker().Define("host", "add", (Func<Caller, int, int>)((caller, n) => n + (int)caller.Store.Data!)).Link(Compiled(Adds));
        using var store = new Store { Data = 3 };
        var run = linked.Instantiate(store).GetFunction("run")!;
        Assert.AreEqual(3, run.Invoke()[0].I32);

        store.Data = 10;

        Assert.AreEqual(13, run.Invoke()[0].I32);
    }

    [TestMethod]
    public void ImportThatIsMissing_OfAnotherType_OrOfAStore_IsRefused()
    {
        Assert.ThrowsExactly<WasmLinkException>(() => new Linker().Link(Compiled(Adds)));
        Assert.ThrowsExactly<WasmLinkException>(() => new Linker().Define("host", "add", (Func<Caller, long, int>)((_, _) => 0)).Link(Compiled(Adds)));
        using var store = new Store();
        var memory = new WasmMemory(store, new MemoryType(new Limits(1, null)));
        Assert.ThrowsExactly<WasmLinkException>(() => new Linker().Define("host", "memory", memory).Link(Compiled("""(module (import "host" "memory" (memory 1)))""")));
    }
}
