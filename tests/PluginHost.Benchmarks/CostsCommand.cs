using System.Diagnostics;
using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Benchmarks;

/// <summary>
/// <c>costs</c>: nanoseconds for a unit of fuel, for each class of instruction. A loop of many of them, each fed by the one before
/// it where it can be, against the fuel that the loop uses.
/// </summary>
internal static class CostsCommand
{
    private const int Copies = 32;
    private const int Rounds = 20_000;
    private const int Repeats = 7;

    /// <summary>Statements, each a step on the locals $i, $l, $f, $d and $v; and how often the loop runs them less than the others.</summary>
    private static readonly (string Name, string Step, int Slower)[] Classes =
    [
        ("i32.add", "(local.set $i (i32.add (local.get $i) (local.get $n)))", 1),
        ("i32.mul", "(local.set $i (i32.mul (local.get $i) (i32.const 7)))", 1),
        ("i32.div_s", "(local.set $i (i32.div_s (i32.const -2000000000) (i32.or (local.get $i) (i32.const 1))))", 1),
        ("i64.rem_u", "(local.set $l (i64.rem_u (i64.const -3) (i64.or (local.get $l) (i64.const 1))))", 1),
        ("i32.clz", "(local.set $i (i32.clz (local.get $i)))", 1),
        ("i64.popcnt", "(local.set $l (i64.popcnt (local.get $l)))", 1),
        ("i64.rotl", "(local.set $l (i64.rotl (local.get $l) (local.get $l)))", 1),
        ("select", "(local.set $i (select (local.get $n) (i32.const 3) (local.get $i)))", 1),
        ("i32.load", "(local.set $i (i32.load (i32.and (local.get $i) (i32.const 0xFFFC))))", 1),
        ("i32.store", "(i32.store (local.get $n) (local.get $i))", 1),
        ("global", "(global.set $g (i32.add (global.get $g) (i32.const 1)))", 1),
        ("br_if", "(block (br_if 0 (i32.and (local.get $n) (i32.const 3))) (local.set $i (i32.const 1)))", 1),
        ("br_table", "(block (block (block (br_table 0 1 2 0 (i32.and (local.get $n) (i32.const 3))))))", 1),
        ("f64.add", "(local.set $d (f64.add (local.get $d) (f64.const 1.5)))", 1),
        ("f64.div", "(local.set $d (f64.div (f64.const 7) (local.get $d)))", 1),
        ("f32.sqrt", "(local.set $f (f32.sqrt (local.get $f)))", 1),
        ("f64.floor", "(local.set $d (f64.floor (local.get $d)))", 1),
        ("f64.nearest", "(local.set $d (f64.nearest (local.get $d)))", 1),
        ("f64.min", "(local.set $d (f64.min (local.get $d) (f64.const 3)))", 1),
        ("f32.max", "(local.set $f (f32.max (local.get $f) (f32.const 3)))", 1),
        ("f64.copysign", "(local.set $d (f64.copysign (local.get $d) (f64.const -1)))", 1),
        ("f32.demote", "(local.set $f (f32.demote_f64 (f64.promote_f32 (local.get $f))))", 1),
        ("i32.trunc_f64_s", "(local.set $i (i32.trunc_f64_s (local.get $d)))", 1),
        ("i64.trunc_f64_u", "(local.set $l (i64.trunc_f64_u (local.get $d)))", 1),
        ("i64.trunc_sat_f64_u", "(local.set $l (i64.trunc_sat_f64_u (local.get $d)))", 1),
        ("f64.convert_i64_u", "(local.set $d (f64.convert_i64_u (local.get $l)))", 1),
        ("call", "(local.set $i (call $same (local.get $i)))", 1),
        ("call_indirect", "(local.set $i (call_indirect (type $same) (local.get $i) (i32.const 0)))", 1),
        ("call of the host", "(call $host)", 1),
        ("memory.size", "(local.set $i (memory.size))", 1),
        ("memory.grow 0", "(local.set $i (memory.grow (i32.const 0)))", 1),
        ("memory.fill 0", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 0))", 1),
        ("memory.fill 64 KiB", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))", 1000),
        ("memory.copy 16", "(memory.copy (i32.const 0) (i32.const 64) (i32.const 16))", 1),
        ("memory.copy 64 KiB", "(memory.copy (i32.const 0) (i32.const 65536) (i32.const 65536))", 1000),
        ("memory.init 16", "(memory.init $data (i32.const 0) (i32.const 0) (i32.const 16))", 1),
        ("table.get", "(drop (table.get $t (i32.const 1)))", 1),
        ("table.set", "(table.set $t (i32.const 1) (ref.null func))", 1),
        ("table.fill 64", "(table.fill $t (i32.const 0) (ref.null func) (i32.const 64))", 10),
        ("table.copy 64", "(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 63))", 10),
        ("ref.func", "(drop (ref.func $same))", 1),
        ("i32x4.add", "(local.set $v (i32x4.add (local.get $v) (local.get $v)))", 1),
        ("i64x2.mul", "(local.set $v (i64x2.mul (local.get $v) (local.get $v)))", 1),
        ("f32x4.div", "(local.set $v (f32x4.div (local.get $v) (v128.const f32x4 1 2 3 4)))", 1),
        ("f64x2.sqrt", "(local.set $v (f64x2.sqrt (local.get $v)))", 1),
        ("f64x2.nearest", "(local.set $v (f64x2.nearest (local.get $v)))", 1),
        ("f32x4.min", "(local.set $v (f32x4.min (local.get $v) (v128.const f32x4 1 2 3 4)))", 1),
        ("f32x4.pmax", "(local.set $v (f32x4.pmax (local.get $v) (v128.const f32x4 1 2 3 4)))", 1),
        ("i8x16.swizzle", "(local.set $v (i8x16.swizzle (local.get $v) (local.get $v)))", 1),
        ("i8x16.shuffle", "(local.set $v (i8x16.shuffle 3 19 7 30 2 1 0 16 9 4 4 8 29 31 5 6 (local.get $v) (local.get $v)))", 1),
        ("i8x16.popcnt", "(local.set $v (i8x16.popcnt (local.get $v)))", 1),
        ("i8x16.shl", "(local.set $v (i8x16.shl (local.get $v) (local.get $n)))", 1),
        ("i8x16.bitmask", "(local.set $i (i8x16.bitmask (i8x16.splat (local.get $i))))", 1),
        ("i16x8.q15mulr_sat_s", "(local.set $v (i16x8.q15mulr_sat_s (local.get $v) (local.get $v)))", 1),
        ("i32x4.dot_i16x8_s", "(local.set $v (i32x4.dot_i16x8_s (local.get $v) (local.get $v)))", 1),
        ("i16x8.extmul_high_i8x16_u", "(local.set $v (i16x8.extmul_high_i8x16_u (local.get $v) (local.get $v)))", 1),
        ("i8x16.narrow_i16x8_u", "(local.set $v (i8x16.narrow_i16x8_u (local.get $v) (local.get $v)))", 1),
        ("i32x4.trunc_sat_f64x2_u_zero", "(local.set $v (i32x4.trunc_sat_f64x2_u_zero (local.get $v)))", 1),
        ("i32x4.trunc_sat_f32x4_u", "(local.set $v (i32x4.trunc_sat_f32x4_u (local.get $v)))", 1),
        ("f64x2.convert_low_i32x4_u", "(local.set $v (f64x2.convert_low_i32x4_u (local.get $v)))", 1),
    ];

    public static int Run(TextWriter output)
    {
        var results = Classes.Select(item => (item.Name, Cost: Measure(item.Step, item.Slower))).OrderBy(item => item.Cost).ToList();
        var median = results[results.Count / 2].Cost;
        foreach (var (name, cost) in results)
        {
            output.WriteLine(FormattableString.Invariant($"{name,-32} {cost,8:F3} ns for a unit, {cost / median,6:F2} of the median"));
        }

        return 0;
    }

    private static double Measure(string step, int slower)
    {
        var rounds = Math.Max(Rounds / slower, 1);
        var module = CompiledModule.Compile(WasmModule.Decode(TextModule.Encode($"""
            (module (import "host" "nothing" (func $host)) (memory 2 4) (table $t 100 funcref) (global $g (mut i32) (i32.const 0))
              (type $same (func (param i32) (result i32)))
              (elem (i32.const 0) $same) (elem declare func $same) (data $data "0123456789abcdef0123456789abcdef")
              (func $same (param i32) (result i32) (local.get 0))
              (func (export "run") (param $n i32) (local $i i32) (local $l i64) (local $f f32) (local $d f64) (local $v v128)
                (local.set $f (f32.const 2.25)) (local.set $d (f64.const 2.25)) (local.set $v (v128.const f32x4 1.5 2.5 3.5 4.5))
                (loop {string.Concat(Enumerable.Repeat(step, Copies))}
                  (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i32.store (i32.const 0) (local.get $i)) (i64.store (i32.const 8) (local.get $l)) (f32.store (i32.const 4) (local.get $f))
                (f64.store (i32.const 16) (local.get $d)) (v128.store (i32.const 32) (local.get $v))))
            """)));
        using var store = new Store();
        var run = new Linker().Define("host", "nothing", HostFunction.Create((Action<Caller>)(_ => { })))
            .Instantiate(store, module).GetFunction("run")!.CreateDelegate<Action<int>>();
        var best = double.MaxValue;
        run(2);
        for (var i = 0; i < Repeats; i++)
        {
            var fuel = store.Fuel;
            var start = Stopwatch.GetTimestamp();
            run(rounds);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / (fuel - store.Fuel));
        }

        return best;
    }
}
