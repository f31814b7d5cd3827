using System.Diagnostics;
using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Children;

/// <summary>Loads, runs, traps and disposes modules one after the other and tells what memory stays, in a process of its own.</summary>
internal static class LeakChild
{
    public static int Run(TextWriter output)
    {
        for (var i = 1; i <= 1_000; i++)
        {
            One(i);
            if (i is 100 or 1_000)
            {
                for (var n = 0; n < 3; n++)
                {
                    GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    GC.WaitForPendingFinalizers();
                }

                output.WriteLine(Process.GetCurrentProcess().WorkingSet64 >> 10);
            }
        }

        return 0;
    }

    /// <summary>Each module is another one: other functions, other types.</summary>
    private static void One(int seed)
    {
        var functions = string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"(func $f{i} (param i32 {string.Concat(Enumerable.Repeat("i64 ", seed % 7))}) (result i32) (i32.add (local.get 0) (i32.const {seed + i})))"));
        var arguments = string.Concat(Enumerable.Repeat("(i64.const 1)", seed % 7));
        var calls = string.Concat(Enumerable.Range(0, 20).Select(i => $"(local.set 0 (call $f{i} (local.get 0) {arguments}))"));
        using var store = new Store();
        var module = CompiledModule.Compile(WasmModule.Decode(TextModule.Encode($"""
            (module (memory 16) {functions} (func (export "run") (param i32) (result i32) {calls} (i32.store8 (local.get 0) (i32.const 1)) (local.get 0))
              (func (export "trap") (unreachable)))
            """)));
        var instance = new Linker().Instantiate(store, module);
        instance.GetFunction("run")!.Invoke(WasmValue.FromI32(0));
        try
        {
            instance.GetFunction("trap")!.Invoke();
        }
        catch (WasmTrapException)
        {
        }
    }
}
