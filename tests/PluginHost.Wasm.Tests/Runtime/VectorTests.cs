using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Vectors across every border: parameters, results, locals, globals, host functions; and what the JIT must not fold away.</summary>
[TestClass]
public sealed class VectorTests
{
    private static readonly Vector128<byte> Bytes = Vector128.Create(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, (byte)16);
    private static readonly CompilationOptions[] Modes = [new(), new() { Metering = false }, new() { ForceFallback = true }];

    [TestMethod]
    public void Vector_PassesEveryBorder()
    {
        var seen = Vector128<byte>.Zero;
        var host = HostFunction.Create(new FunctionType([ValType.I32, ValType.V128], [ValType.V128, ValType.V128]), (_, arguments, results) =>
        {
            seen = arguments[1].V128;
            results[0] = WasmValue.FromV128(~seen);
            results[1] = arguments[1];
        });
        const string program = """
            (module
              (import "host" "both" (func $both (param i32 v128) (result v128 v128)))
              (global $shared (export "shared") (mut v128) (v128.const i64x2 0 0))
              (global $own (mut v128) (v128.const i32x4 1 2 3 4))
              (func (export "own") (param v128) (result v128) (global.get $own) (global.set $own (local.get 0)))
              (func (export "f") (param v128) (result v128 i32 v128) (local $kept v128)
                (global.set $shared (local.get 0))
                (block (result v128 v128) (call $both (i32.const 7) (global.get $shared)))
                (local.set $kept)
                (i32.const 5)
                (select (result v128) (local.get $kept) (v128.const i64x2 -1 -1) (i32.const 1))))
            """;
        foreach (var mode in Modes)
        {
            using var guest = new Guest(program, mode, linker: new Linker().Define("host", "both", host));

            var results = guest.Call("f", WasmValue.FromV128(Bytes));

            Assert.AreEqual((~Bytes, 5, Bytes, Bytes), (results[0].V128, results[1].I32, results[2].V128, seen));
            Assert.AreEqual(Bytes, guest.Instance.GetGlobal("shared")!.Value.V128);
            Assert.AreEqual(Vector128.Create(1, 2, 3, 4).AsByte(), guest.Call("own", WasmValue.FromV128(Bytes))[0].V128);
            Assert.AreEqual(Bytes, guest.Call("own", WasmValue.FromV128(default))[0].V128);
        }
    }

    [TestMethod]
    public void Value_OfAnotherType_IsNoVector()
    {
        Assert.Throws<InvalidCastException>(() => WasmValue.FromI64(1).V128);
        Assert.Throws<InvalidCastException>(() => WasmValue.FromV128(Bytes).I64);
        Assert.AreNotEqual(WasmValue.FromV128(Bytes), WasmValue.FromV128(Bytes.WithElement(15, (byte)0)));
        Assert.AreEqual("v128 0x100f0e0d0c0b0a090807060504030201", WasmValue.FromV128(Bytes).ToString());
    }

    /// <summary>Arithmetic with a number that is neutral to it still makes a signalling NaN quiet.</summary>
    [TestMethod]
    [DataRow("f32x4", "mul", "1")]
    [DataRow("f32x4", "mul", "-1")]
    [DataRow("f32x4", "div", "1")]
    [DataRow("f32x4", "add", "-0")]
    [DataRow("f32x4", "add", "0")]
    [DataRow("f32x4", "sub", "0")]
    [DataRow("f32x4", "min", "0")]
    [DataRow("f32x4", "max", "-0")]
    [DataRow("f64x2", "mul", "1")]
    [DataRow("f64x2", "div", "1")]
    [DataRow("f64x2", "add", "-0")]
    [DataRow("f64x2", "sub", "0")]
    public void NeutralConstant_DoesNotKeepANaNSignalling(string shape, string operation, string neutral)
    {
        var wide = shape == "f64x2";
        var lanes = string.Join(' ', Enumerable.Repeat(neutral, wide ? 2 : 4));
        var constant = $"(v128.const {shape} {lanes})";
        var splat = $"({shape}.splat ({shape[..3]}.const {neutral}))";
        var signalling = wide ? Vector128.Create(0x7FF0_0000_0000_0001).AsByte() : Vector128.Create(0x7F80_0001).AsByte();
        var quiet = wide ? Vector128.Create(0x0008_0000_0000_0000).AsByte() : Vector128.Create(0x0040_0000).AsByte();
        foreach (var mode in Modes)
        {
            foreach (var other in new[] { constant, splat })
            {
                using var guest = new Guest($"""
                    (module
                      (func (export "right") (param v128) (result v128) ({shape}.{operation} (local.get 0) {other}))
                      (func (export "left") (param v128) (result v128) ({shape}.{operation} {other} (local.get 0))))
                    """, mode);
                foreach (var export in new[] { "right", "left" })
                {
                    Assert.AreEqual(quiet, guest.Call(export, WasmValue.FromV128(signalling))[0].V128 & quiet, $"{export} {other}");
                }
            }
        }
    }

    [TestMethod]
    public void Division_OfVectors_PaysLikeDivision()
    {
        const string program = """(module (func (export "div") (param v128) (result v128) (f32x4.div (local.get 0) (local.get 0))) (func (export "add") (param v128) (result v128) (f32x4.add (local.get 0) (local.get 0))))""";
        using var guest = new Guest(program);

        Assert.AreEqual(7, Fuel(guest, "div") - Fuel(guest, "add"));

        static long Fuel(Guest guest, string export)
        {
            guest.Store.Fuel = 1000;
            guest.Call(export, WasmValue.FromV128(Bytes));
            return 1000 - guest.Store.Fuel;
        }
    }
}
