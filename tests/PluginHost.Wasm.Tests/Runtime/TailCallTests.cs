using System.Runtime.Intrinsics;

namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class TailCallTests
{
    /// <summary>Far more frames than any stack has room for.</summary>
    private const int Far = 1_000_000;

    private const string Parity = """
        (module
          (type $t (func (param i32) (result i32)))
          (table funcref (elem $even $odd $other))
          (func $even (export "even") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 1))
              (else (return_call $odd (i32.sub (local.get 0) (i32.const 1))))))
          (func $odd (export "odd") (param i32) (result i32)
            (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
              (else (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))
          (func $other (param i64) (result i32) (i32.const 7))
          (func (export "at") (param i32) (result i32) (return_call_indirect (type $t) (i32.const 4) (local.get 0))))
        """;

    public static IEnumerable<object[]> Modes =>
        [[new CompilationOptions()], [new CompilationOptions { Metering = false }], [new CompilationOptions { ForceFallback = true }]];

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void TailCalls_DirectAndIndirect_TakeNoStack(CompilationOptions options)
    {
        using var guest = new Guest(Parity, options);

        Assert.AreEqual(1, guest.CallI32("even", Far));
        Assert.AreEqual(0, guest.CallI32("even", Far + 1));
    }

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void TailCalls_ToMoreParametersThanTheCallerHas_TakeNoStack(CompilationOptions options)
    {
        using var guest = new Guest("""
            (module
              (func $few (export "few") (param i32) (result i64)
                (return_call $many (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
                  (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (f64.const 1) (f32.const 2)))
              (func $many (param i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 f64 f32) (result i64)
                (if (i32.eqz (local.get 0)) (then (return (i64.sub (local.get 9) (local.get 1)))))
                (return_call $few (i32.sub (local.get 0) (i32.const 1)))))
            """, options);

        Assert.AreEqual(8L, guest.Call("few", WasmValue.FromI32(Far))[0].I64);
    }

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void TailCall_OfAFunctionWithALargeFrame_LeavesNoneBehind(CompilationOptions options)
    {
        var locals = string.Concat(Enumerable.Repeat("i64 ", 3_000));
        using var guest = new Guest($$"""
            (module (func $f (export "f") (param i32) (result i32) (local {{locals}})
              (if (i32.eqz (local.get 0)) (then (return (i32.const 5))))
              (return_call $f (i32.sub (local.get 0) (i32.const 1)))))
            """, options);

        Assert.AreEqual(5, guest.CallI32("f", 20_000));
    }

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void TailCall_ReturnsAllResultsOfWhatItCalled(CompilationOptions options)
    {
        using var guest = new Guest("""
            (module
              (func $pair (param i32) (result i32 i64 v128) (i32.add (local.get 0) (i32.const 1)) (i64.const -2) (v128.const i64x2 3 4))
              (func (export "f") (param i32) (result i32 i64 v128) (return_call $pair (local.get 0))))
            """, options);

        var results = guest.Call("f", WasmValue.FromI32(9));

        Assert.AreEqual("10, -2", $"{results[0].I32}, {results[1].I64}");
        Assert.AreEqual(Vector128.Create(3L, 4L).AsByte(), results[2].V128);
    }

    [TestMethod]
    public void TailCall_OfAHostFunction_ReturnsItsResult()
    {
        var linker = new Linker();
        linker.Define("host", "twice", HostFunction.Create((Caller _, int value) => value * 2));
        using var guest = new Guest("""
            (module (import "host" "twice" (func $twice (param i32) (result i32)))
              (func (export "f") (param i32) (result i32) (return_call $twice (local.get 0))))
            """, linker: linker);

        Assert.AreEqual(42, guest.CallI32("f", 21));
    }

    [TestMethod]
    [DataRow(1, TrapKind.IndirectCallTypeMismatch, 2)]
    [DataRow(2, TrapKind.UndefinedElement, 3)]
    public void IndirectTailCall_ChecksTheElement(int _, TrapKind kind, int index)
    {
        using var guest = new Guest(Parity);

        Assert.AreEqual(kind, guest.Trap("at", index).Kind);
    }

    [TestMethod]
    public void TailCallsWithoutEnd_BurnTheirFuel()
    {
        using var guest = new Guest("(module (func $f (export \"f\") (return_call $f)))");
        guest.Store.Fuel = 1_000_000;

        Assert.AreEqual(TrapKind.OutOfFuel, guest.Trap("f").Kind);
    }

    [TestMethod]
    [DataRow("(func $g (result i64) (i64.const 1)) (func (result i32) (return_call $g))")]
    [DataRow("(func $g (param i32)) (func (return_call $g))")]
    [DataRow("(type $t (func (result f32))) (table 1 funcref) (func (return_call_indirect (type $t) (i32.const 0)))")]
    [DataRow("(type $t (func)) (table 1 externref) (func (return_call_indirect (type $t) (i32.const 0)))")]
    [DataRow("(func (return_call 9))")]
    public void TailCall_OfTheWrongType_IsInvalid(string fields) =>
        Assert.ThrowsExactly<WasmInvalidException>(() => WasmModule.Decode(TextModule.Encode(fields)));
}
