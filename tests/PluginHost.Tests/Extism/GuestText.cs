using System.Text;

namespace PluginHost.Tests.Extism;

/// <summary>Extism guests written in the text format, with what every one of them needs.</summary>
internal static class GuestText
{
    private const string Imports = """
        (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (import "extism:host/env" "length" (func $length (param i64) (result i64)))
        (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
        (import "extism:host/env" "input_offset" (func $input (result i64)))
        (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
        (import "extism:host/env" "error_set" (func $error_set (param i64)))
        (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
        (import "extism:host/env" "log_info" (func $log (param i64)))
        (import "extism:host/env" "http_request" (func $http (param i64 i64) (result i64)))
        (import "extism:host/env" "http_headers" (func $headers (result i64)))
        """;

    private const string Functions = """
        (memory (export "memory") 1)
        (func $block (param $at i32) (param $size i32) (result i64) (local $handle i64) (local $i i32)
          (local.set $handle (call $alloc (i64.extend_i32_u (local.get $size))))
          (block (loop
            (br_if 1 (i32.ge_u (local.get $i) (local.get $size)))
            (call $store (i64.add (local.get $handle) (i64.extend_i32_u (local.get $i))) (i32.load8_u (i32.add (local.get $at) (local.get $i))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br 0)))
          (local.get $handle))
        (func $out (param $handle i64) (call $output_set (local.get $handle) (call $length (local.get $handle))))
        """;

    /// <summary>A module whose export <c>run</c> does something; <c>{text}</c> in it is a block that holds the text.</summary>
    public static string Of(string body, string imports = "")
    {
        var data = new StringBuilder();
        var at = 1024;
        var code = new StringBuilder();
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '{')
            {
                code.Append(body[i]);
                continue;
            }

            var end = body.IndexOf('}', i);
            var bytes = Encoding.UTF8.GetBytes(body[(i + 1)..end].Replace('«', '{').Replace('»', '}'));
            data.Append($"(data (i32.const {at}) \"{string.Concat(bytes.Select(b => $"\\{b:x2}"))}\")");
            code.Append($"(call $block (i32.const {at}) (i32.const {bytes.Length}))");
            at += bytes.Length;
            i = end;
        }

        return $"(module {Imports} {imports} {Functions} {data} (func (export \"run\") (result i32) {code} (i32.const 0)))";
    }
}
