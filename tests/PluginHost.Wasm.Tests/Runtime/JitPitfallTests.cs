namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Places where the JIT of .NET 10 is known to compile plain CIL wrongly; found by differential fuzzing against V8.</summary>
[TestClass]
public sealed class JitPitfallTests
{
    private static readonly CompilationOptions[] Modes = [new(), new() { Metering = false }, new() { ForceFallback = true }];

    private static void InEveryMode(string program, Action<Guest> check)
    {
        foreach (var mode in Modes)
        {
            using var guest = new Guest(program, mode);
            check(guest);
        }
    }

    [TestMethod]
    [DataRow("(i32.load8_u (i32.const 65535))", 0x81u)]
    [DataRow("(i32.load8_s (i32.const 65535))", 0xFFFFFF81u)]
    [DataRow("(i32.load16_u (i32.const 65534))", 0x8100u)]
    [DataRow("(i32.load16_s (i32.const 65534))", 0xFFFF8100u)]
    [DataRow("(i32.extend8_s (i32.load (i32.const 65532)))", 0x00000000u)]
    [DataRow("(i32.wrap_i64 (i64.load8_u (i32.const 65535)))", 0x81u)]
    public void ReinterpretedNarrowLoad_ReadsOnlyItsBytes(string load, uint bits)
    {
        var program = $"""
            (module (memory 1) (data (i32.const 65535) "\81")
              (func (export "direct") (result f32) (f32.reinterpret_i32 {load}))
              (func (export "local") (result f32) (local i32) (local.set 0 {load}) (f32.reinterpret_i32 (local.get 0))))
            """;
        InEveryMode(program, guest =>
        {
            Assert.AreEqual(bits, (uint)guest.Call("direct")[0].Bits);
            Assert.AreEqual(bits, (uint)guest.Call("local")[0].Bits);
        });
    }

    [TestMethod]
    [DataRow("(T.eqz R)")]
    [DataRow("(T.eq R (local.get $zero))")]
    [DataRow("(T.eq (local.get $zero) R)")]
    [DataRow("(T.eqz (T.xor R (local.get $zero)))")]
    [DataRow("(T.eq (T.add R (T.const 5)) (T.const 5))")]
    [DataRow("(T.eq (T.sub (T.add R (T.const 5)) (T.const -3)) (T.const 8))")]
    [DataRow("(T.eq (T.add R (T.const 1)) (T.const 1))")]
    [DataRow("(i32.eqz (T.ne (T.add R (T.const 1)) (T.const 1)))")]
    [DataRow("(T.eq (T.sub R (T.const 1)) (T.const -1))")]
    [DataRow("(T.eqz (T.sub (T.add R (T.const 5)) (T.const 5)))")]
    [DataRow("(T.eqz (T.xor (T.xor R (T.const 5)) (T.const 5)))")]
    [DataRow("(block (result i32) (local.set $copy (T.const 5)) (T.eq (T.add R (T.const 5)) (local.get $copy)))")]
    [DataRow("(T.eq (T.add R (T.const 5)) (T.add (local.get $zero) (T.const 5)))")]
    [DataRow("(T.eq (T.const 5) (T.add R (T.const 5)))")]
    [DataRow("(block (result i32) (local.set $copy R) (block (br 0)) (T.eq (T.add (local.get $copy) (T.const 5)) (T.const 5)))")]
    [DataRow("(T.lt_u R (T.const 1))")]
    [DataRow("(T.le_u R (local.get $zero))")]
    [DataRow("(i32.eqz (T.gt_u R (T.const 0)))")]
    [DataRow("(T.eqz (local.tee $copy R))")]
    [DataRow("(block (result i32) (local.set $copy R) (local.set $other (local.get $copy)) (T.eqz (local.get $other)))")]
    [DataRow("(block (result i32) (local.set $copy (T.add R (T.const 5))) (T.eq (local.get $copy) (T.const 5)))")]
    [DataRow("(block (result i32) (local.set $copy (T.or R (local.get $zero))) (block (br_if 0 (i32.const 0))) (T.eqz (local.get $copy)))")]
    [DataRow("(select (i32.const 0) (i32.const 1) (T.ne R (T.const 0)))")]
    public void Rotation_ThatMayBeComparedWithZero_IsComparedRightly(string test)
    {
        foreach (var (type, rotation) in new[] { ("i32", "rotl"), ("i32", "rotr"), ("i64", "rotl"), ("i64", "rotr") })
        {
            // After a call the flags say nothing about the number.
            var rotated = $"(T.{rotation} (call $sum (local.get $x) (local.get $y)) (T.const 9))";
            var program = $"""
                (module (func $sum (param T T) (result T) (T.add (local.get 0) (local.get 1)))
                  (func (export "value") (param $x T) (param $y T) (result i32) (local $zero T) (local $copy T) (local $other T) {test})
                  (func (export "branch") (param $x T) (param $y T) (result i32) (local $zero T) (local $copy T) (local $other T)
                    (if (result i32) {test} (then (i32.const 1)) (else (i32.const 0)))))
                """.Replace("R", rotated, StringComparison.Ordinal).Replace("T", type, StringComparison.Ordinal);
            InEveryMode(program, guest =>
            {
                foreach (var (x, y) in new[] { (0, 0), (1, 0), (1, -1), (-1, 1), (5, -5), (1 << 23, 0), (int.MinValue, int.MinValue), (3, 4) })
                {
                    var arguments = type == "i32" ? new[] { WasmValue.FromI32(x), WasmValue.FromI32(y) } : [WasmValue.FromI64(x), WasmValue.FromI64(y)];
                    var zero = type == "i32" ? x + y == 0 : (long)x + y == 0;

                    Assert.AreEqual(zero ? 1 : 0, guest.Call("value", arguments)[0].I32, $"{type} {x} {y}");
                    Assert.AreEqual(zero ? 1 : 0, guest.Call("branch", arguments)[0].I32, $"{type} {x} {y}");
                }
            });
        }
    }

    [TestMethod]
    [DataRow("i32", "rotr", 7)]
    [DataRow("i32", "rotl", 31)]
    [DataRow("i32", "rotl", 0)]
    [DataRow("i64", "rotr", 9)]
    [DataRow("i64", "rotl", 63)]
    public void Rotation_ComparedWithZero_TakesTheRightBranch(string type, string rotation, int count)
    {
        var program = $"""
            (module (func $id (param {type}) (result {type}) (local.get 0))
              (func (export "select") (param {type}) (result i32) (local {type})
                (local.set 1 ({type}.{rotation} (call $id (local.get 0)) ({type}.const {count})))
                (select (i32.const 4) (i32.const 3) ({type}.eqz (local.get 1))))
              (func (export "if") (param {type}) (result i32)
                (if (result i32) ({type}.ne ({type}.{rotation} (call $id (local.get 0)) ({type}.const {count})) ({type}.const 0))
                  (then (i32.const 3)) (else (i32.const 4)))))
            """;
        InEveryMode(program, guest =>
        {
            foreach (var export in new[] { "select", "if" })
            {
                var (zero, one) = type == "i32" ? (WasmValue.FromI32(0), WasmValue.FromI32(1)) : (WasmValue.FromI64(0), WasmValue.FromI64(1));
                Assert.AreEqual(4, guest.Call(export, zero)[0].I32);
                Assert.AreEqual(3, guest.Call(export, one)[0].I32);
            }
        });
    }

    [TestMethod]
    [DataRow("i32", "ctz")]
    [DataRow("i32", "clz")]
    [DataRow("i32", "popcnt")]
    [DataRow("i64", "ctz")]
    [DataRow("i64", "clz")]
    [DataRow("i64", "popcnt")]
    public void BitCount_AsACondition_TakesTheRightBranch(string type, string count)
    {
        var program = $"""
            (module (memory 1)
              (func (export "f") (param {type}) (result i32)
                (if (result i32) ({type}.ne ({type}.{count} (local.get 0)) ({type}.const 0)) (then (i32.const 24)) (else (i32.load16_s (i32.const 165)))))
              (func (export "g") (param {type}) (result {type}) ({type}.{count} (local.get 0)))
              (func (export "h") (param {type}) (result i32) ({type}.eqz ({type}.{count} (local.get 0)))))
            """;
        InEveryMode(program, guest =>
        {
            foreach (var value in new long[] { 0, 1, 2, 3, 8, -1, int.MinValue, long.MinValue, 0x1_0000_0000 })
            {
                var argument = type == "i32" ? WasmValue.FromI32((int)value) : WasmValue.FromI64(value);
                var bits = guest.Call("g", argument)[0].Bits;
                Assert.AreEqual(Expected(type, count, value), bits, $"{value}");
                Assert.AreEqual(bits != 0 ? 24 : 0, guest.Call("f", argument)[0].I32, $"{value}");
                Assert.AreEqual(bits == 0 ? 1 : 0, guest.Call("h", argument)[0].I32, $"{value}");
            }
        });
    }

    private static long Expected(string type, string count, long value) => (type, count) switch
    {
        ("i32", "ctz") => int.TrailingZeroCount((int)value),
        ("i32", "clz") => int.LeadingZeroCount((int)value),
        ("i32", _) => int.PopCount((int)value),
        (_, "ctz") => long.TrailingZeroCount(value),
        (_, "clz") => long.LeadingZeroCount(value),
        _ => long.PopCount(value),
    };

    [TestMethod]
    public void Rotation_OfEveryCount_IsExact() => InEveryMode(
        """
        (module
          (func (export "l32") (param i32 i32) (result i32) (i32.rotl (local.get 0) (local.get 1)))
          (func (export "r32") (param i32 i32) (result i32) (i32.rotr (local.get 0) (local.get 1)))
          (func (export "l64") (param i64 i64) (result i64) (i64.rotl (local.get 0) (local.get 1)))
          (func (export "r64") (param i64 i64) (result i64) (i64.rotr (local.get 0) (local.get 1))))
        """,
        guest =>
        {
            var value = unchecked((long)0x8123_4567_89AB_CDEF);
            for (var count = -3; count < 70; count++)
            {
                Assert.AreEqual((int)uint.RotateLeft((uint)value, count & 31), guest.CallI32("l32", (int)value, count));
                Assert.AreEqual((int)uint.RotateRight((uint)value, count & 31), guest.CallI32("r32", (int)value, count));
                Assert.AreEqual(long.RotateLeft(value, count & 63), guest.Call("l64", WasmValue.FromI64(value), WasmValue.FromI64(count))[0].I64);
                Assert.AreEqual(long.RotateRight(value, count & 63), guest.Call("r64", WasmValue.FromI64(value), WasmValue.FromI64(count))[0].I64);
            }
        });

    [TestMethod]
    [DataRow("(f32.const -0)")]
    [DataRow("(f32.neg (f32.const 0))")]
    [DataRow("(f32.reinterpret_i32 (i32.const 0x80000000))")]
    [DataRow("(f32.demote_f64 (f64.const -0))")]
    public void MinAndMax_OfBothZeros_KeepTheirSigns(string negativeZero)
    {
        var program = $"""
            (module
              (func $min (param f32) (result f32) (f32.min (local.get 0) {negativeZero}))
              (func $max (param f32) (result f32) (f32.max {negativeZero} (local.get 0)))
              (func $min64 (param f64) (result f64) (f64.min (f64.promote_f32 {negativeZero}) (local.get 0)))
              (func (export "min") (result f32) (call $min (f32.const 0)))
              (func (export "max") (result f32) (call $max (f32.const 0)))
              (func (export "min64") (result f64) (call $min64 (f64.const 0))))
            """;
        InEveryMode(program, guest =>
        {
            Assert.AreEqual(0x8000_0000, (uint)guest.Call("min")[0].Bits);
            Assert.AreEqual(0u, (uint)guest.Call("max")[0].Bits);
            Assert.AreEqual(long.MinValue, guest.Call("min64")[0].Bits);
        });
    }
}
