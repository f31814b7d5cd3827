namespace PluginHost.Tests.Warm;

/// <summary>
/// A guest that counts its calls in its memory, in a global and in the size of its table, and answers with the three digits. The first byte of its input says how it ends otherwise.
/// </summary>
internal static class CountingGuest
{
    public static string Text { get; } = """
        (module
          (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
          (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
          (import "extism:host/env" "input_load_u8" (func $input (param i64) (result i32)))
          (import "extism:host/env" "input_length" (func $length (result i64)))
          (import "extism:host/env" "output_set" (func $output (param i64 i64)))
          (import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
          (memory (export "memory") 1) (table $t 0 100 funcref) (global $g (mut i32) (i32.const 0)) (global $ready (mut i32) (i32.const 0))
          (data (i32.const 16) "{\"url\":\"https://a.test/\"}")
          (func (export "_initialize") (global.set $ready (i32.add (global.get $ready) (i32.const 1))))
          (func $digit (param $at i64) (param $n i32) (call $store (local.get $at) (i32.add (i32.const 48) (local.get $n))))
          (func $denied (local $h i64) (local $i i32)
            (local.set $h (call $alloc (i64.const 25)))
            (loop
              (call $store (i64.add (local.get $h) (i64.extend_i32_u (local.get $i))) (i32.load8_u offset=16 (local.get $i)))
              (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 25))))
            (drop (call $http (local.get $h) (i64.const 0))))
          (func (export "run") (result i32) (local $how i32) (local $out i64)
            (if (i64.gt_u (call $length) (i64.const 0)) (then (local.set $how (call $input (i64.const 0)))))
            (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (drop (table.grow $t (ref.null func) (i32.const 1)))
            (if (i32.eq (local.get $how) (i32.const 116)) (then unreachable))
            (if (i32.eq (local.get $how) (i32.const 115)) (then (loop (br 0))))
            (if (i32.eq (local.get $how) (i32.const 100)) (then (call $denied)))
            (if (i32.eq (local.get $how) (i32.const 102)) (then (return (i32.const 7))))
            (local.set $out (call $alloc (i64.const 4)))
            (call $digit (local.get $out) (i32.load (i32.const 0)))
            (call $digit (i64.add (local.get $out) (i64.const 1)) (global.get $g))
            (call $digit (i64.add (local.get $out) (i64.const 2)) (table.size $t))
            (call $digit (i64.add (local.get $out) (i64.const 3)) (global.get $ready))
            (call $output (local.get $out) (i64.const 4))
            (i32.const 0)))
        """;
}
