using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Children;

/// <summary>
/// Endless recursion of every kind on every kind of thread. A mistake here ends the process, so tests run it as a child.
/// </summary>
internal static class StackChild
{
    private const string Module = """
        (module
          (import "host" "again" (func $again (param i32) (result i32)))
          (type $f (func (param i32) (result i32)))
          (table funcref (elem $direct $indirect $large $host))
          (func $direct (export "direct") (param i32) (result i32) (i32.add (i32.const 1) (call $direct (local.get 0))))
          (func $indirect (export "indirect") (param i32) (result i32)
            (i32.add (i32.const 1) (call_indirect (type $f) (local.get 0) (i32.const 1))))
          (func $host (export "host") (param i32) (result i32) (i32.add (i32.const 1) (call $again (local.get 0))))
          (func $large (export "large") (param i32) (result i32) LOCALS
            (i32.add (local.get 30000) (call $large (local.get 0))))
          (func $converts (export "converts") (param i32) (result i32) (local f64)
            (drop (call $converts (local.get 0))) CONVERTS (i32.const 1))
          (func $spills (export "spills") (param i32) (result i32) (local f32)
            (drop (call $spills (local.get 0))) SPILLS (i32.trunc_sat_f32_s (local.get 1))))
        """;

    /// <summary>Conversions for which the JIT takes room in the frame.</summary>
    private static string Converts => string.Concat(Enumerable.Repeat(
        "(local.set 1 " + string.Concat(Enumerable.Repeat("(f64.convert_i64_s (i64.trunc_sat_f64_s ", 10)) + "(local.get 1)" + new string(')', 21), 3_000));

    /// <summary>Nested calls whose values the JIT keeps in the frame when it does not optimize.</summary>
    private static string Spills => string.Concat(Enumerable.Repeat(
        "(local.set 1 " + string.Concat(Enumerable.Repeat("(f32.min (f32.const 1) (f32.ceil ", 10)) + "(local.get 1)" + new string(')', 21), 8_000));

    public static int Run(TextWriter output)
    {
        var text = Module.Replace("LOCALS", "(local " + string.Concat(Enumerable.Repeat("i32 ", 40_000)) + ")", StringComparison.Ordinal)
            .Replace("CONVERTS", Converts, StringComparison.Ordinal).Replace("SPILLS", Spills, StringComparison.Ordinal);
        var module = WasmModule.Decode(TextModule.Encode(text));
        foreach (var options in new[] { new CompilationOptions(), new CompilationOptions { ForceFallback = true } })
        {
            var compiled = CompiledModule.Compile(module, options);
            foreach (var depth in new[] { 10_000, int.MaxValue })
            {
                foreach (var export in new[] { "direct", "indirect", "host", "large", "spills", "converts" })
                {
                    var kinds = new List<string> { Recurse(compiled, export, depth) };
                    kinds.Add(Task.Run(() => Recurse(compiled, export, depth)).Result);
                    foreach (var size in new[] { 192, 512, 1024, 16 * 1024 })
                    {
                        kinds.Add(OnThread(size * 1024, () => Recurse(compiled, export, depth)));
                    }

                    output.WriteLine($"{export} {depth}: {string.Join(' ', kinds)}");
                }
            }
        }

        output.WriteLine("alive");
        return 0;
    }

    private static string OnThread(int stackBytes, Func<string> run)
    {
        var kind = "";
        var thread = new Thread(() => kind = run(), stackBytes);
        thread.Start();
        thread.Join();
        return kind;
    }

    private static string Recurse(CompiledModule compiled, string export, int depth)
    {
        using var store = new Store(new StoreOptions { CallDepth = depth, Reentries = depth });
        Instance? instance = null;
        var linker = new Linker().Define("host", "again", HostFunction.Create(
            (Func<Caller, int, int>)((_, value) => instance!.GetFunction("host")!.Invoke(WasmValue.FromI32(value))[0].I32)));
        instance = linker.Instantiate(store, compiled);
        try
        {
            instance.GetFunction(export)!.Invoke(WasmValue.FromI32(1));
            return "returned";
        }
        catch (WasmTrapException trap)
        {
            return trap.Kind.ToString();
        }
    }
}
