using FsCheck;
using FsCheck.Fluent;

namespace PluginHost.Wasm.Tests.Binary;

[TestClass]
public sealed class ModuleDecoderTests
{
    /// <summary>A module with every section and most shapes of immediates.</summary>
    private static readonly byte[] Whole = TextModule.Encode("""
        (module
          (type $binary (func (param i32 i32) (result i32)))
          (import "host" "print" (func $print (param i32)))
          (import "host" "base" (global $base i32))
          (table $t 4 8 funcref)
          (memory 1 2)
          (global $g (mut i64) (i64.const -5))
          (export "run" (func $run))
          (export "memory" (memory 0))
          (start $init)
          (elem (i32.const 0) $run $init)
          (elem $passive funcref (ref.func $run) (ref.null func))
          (data (i32.const 8) "hello")
          (data $d "passive")
          (func $init (global.set $g (i64.const 7)))
          (func $run (type $binary) (local f32 f64)
            (block $out (result i32)
              (loop $again (param) 
                (br_if $again (i32.load8_u offset=3 (local.get 0))))
              (br_table $out $out (i32.const 4) (local.get 1)))
            (call $print (i32.const 1))
            (call_indirect (type $binary) (i32.const 1) (i32.const 2) (i32.const 0))
            (i32.add)
            (memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))
            (local.set 2 (f32.const 1.5)) (local.set 3 (f64.const -0x1p-3))))
        """);

    [TestMethod]
    public void Decode_WholeModule_ListsImportsAndExports()
    {
        var module = WasmModule.Decode(Whole);

        CollectionAssert.AreEqual(new[] { "print", "base" }, module.Imports.Select(import => import.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "run", "memory" }, module.Exports.Select(export => export.Name).ToArray());
        Assert.AreEqual(ExternalKind.Memory, module.Exports[1].Kind);
    }

    [TestMethod]
    public void Decode_EveryPrefix_IsRefusedOrIsAShorterModule()
    {
        var accepted = 0;
        for (var length = 0; length < Whole.Length; length++)
        {
            try
            {
                WasmModule.Decode(Whole.AsMemory(0, length));
                accepted++;
            }
            catch (WasmModuleException)
            {
            }
        }

        // Only the bare header and the header with types alone are modules: later cuts leave functions without code.
        Assert.IsTrue(accepted <= 3, $"{accepted} prefixes were accepted");
    }

    [TestMethod]
    public void Decode_MutatedModule_IsAcceptedOrRefusedByATypedError()
    {
        var mutation = Gen.Zip(Gen.Choose(0, Whole.Length - 1), Gen.Choose(0, 255)).ListOf(4).ToArbitrary();
        Prop.ForAll(mutation, edits =>
        {
            var bytes = Whole.ToArray();
            foreach (var (at, value) in edits)
            {
                bytes[at] = (byte)value;
            }

            try
            {
                WasmModule.Decode(bytes);
            }
            catch (WasmModuleException)
            {
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [TestMethod]
    [DataRow(new byte[] { 0, 97, 115, 109, 13, 0, 1, 0 }, "component-model")]
    [DataRow(new byte[] { 0, 97, 115, 109, 12, 0, 1, 0 }, "component-model")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 5, 4, 1, 3, 1, 2 }, "threads")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 0x60, 1, 0x64, 0x70 }, "function-references")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 4, 8, 1, 0x40, 0, 0x70, 0, 0, 0xD0, 0x70, 0x0B }, "function-references")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 4, 1 }, "memory64")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 13, 3, 1, 0, 0 }, "exception-handling")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 1, 2, 1, 0x5F, 0 }, "gc")]
    [DataRow(new byte[] { 0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 7, 1, 5, 0, 0xFD, 0x80, 2, 0x0B }, "relaxed-simd")]
    public void Decode_UnsupportedProposal_IsNamed(byte[] bytes, string proposal)
    {
        var error = Assert.ThrowsExactly<WasmUnsupportedException>(() => WasmModule.Decode(bytes));

        Assert.AreEqual(proposal, error.Proposal);
    }

    [TestMethod]
    public void Decode_TextInsteadOfBinary_IsRefused() =>
        Assert.ThrowsExactly<WasmMalformedException>(() => WasmModule.Decode("(module)"u8.ToArray()));

    [TestMethod]
    [DataRow(nameof(WasmLimits.ModuleBytes))]
    [DataRow(nameof(WasmLimits.Functions))]
    [DataRow(nameof(WasmLimits.Locals))]
    [DataRow(nameof(WasmLimits.Nesting))]
    [DataRow(nameof(WasmLimits.OperandStack))]
    [DataRow(nameof(WasmLimits.BranchTargets))]
    [DataRow(nameof(WasmLimits.SegmentElements))]
    [DataRow(nameof(WasmLimits.NameBytes))]
    public void Decode_BeyondALimit_NamesTheLimit(string limit)
    {
        var limits = limit switch
        {
            nameof(WasmLimits.ModuleBytes) => new WasmLimits { ModuleBytes = 100 },
            nameof(WasmLimits.Functions) => new WasmLimits { Functions = 2 },
            nameof(WasmLimits.Locals) => new WasmLimits { Locals = 3 },
            nameof(WasmLimits.Nesting) => new WasmLimits { Nesting = 2 },
            nameof(WasmLimits.OperandStack) => new WasmLimits { OperandStack = 2 },
            nameof(WasmLimits.BranchTargets) => new WasmLimits { BranchTargets = 0 },
            nameof(WasmLimits.SegmentElements) => new WasmLimits { SegmentElements = 3 },
            _ => new WasmLimits { NameBytes = 4 },
        };
        if (limit == nameof(WasmLimits.OperandStack))
        {
            // The stack starts with room for 32 values; only beyond that does it ask.
            var deep = TextModule.Encode("(module (func " + string.Concat(Enumerable.Repeat("(i32.const 1) ", 40)) + string.Concat(Enumerable.Repeat("(drop) ", 40)) + "))");
            var error = Assert.ThrowsExactly<WasmLimitException>(() => WasmModule.Decode(deep, limits));
            Assert.AreEqual(limit, error.Limit);
            return;
        }

        Assert.AreEqual(limit, Assert.ThrowsExactly<WasmLimitException>(() => WasmModule.Decode(Whole, limits)).Limit);
    }

    [TestMethod]
    public void Decode_OverlongCallIndirect_IsAccepted()
    {
        // LLVM leaves room for relocation: both indices of call_indirect as five bytes.
        byte[] bytes =
        [
            0, 97, 115, 109, 1, 0, 0, 0,
            1, 4, 1, 0x60, 0, 0,
            3, 2, 1, 0,
            4, 4, 1, 0x70, 0, 1,
            10, 17, 1, 15, 0, 0x41, 0, 0x11, 0x80, 0x80, 0x80, 0x80, 0, 0x80, 0x80, 0x80, 0x80, 0, 0x0B,
        ];

        Assert.AreEqual(0, WasmModule.Decode(bytes).Imports.Length);
    }

    [TestMethod]
    public void Names_ComeFromTheNameSection_ThenExports_ThenImports()
    {
        var bytes = TextModule.Encode("""(module (import "m" "f" (func)) (func (export "e")) (func))""");
        byte[] section = [0, 13, 4, (byte)'n', (byte)'a', (byte)'m', (byte)'e', 1, 6, 1, 2, 3, (byte)'s', (byte)'i', (byte)'x'];

        var module = WasmModule.Decode((byte[])[.. bytes, .. section]);

        Assert.AreEqual("m.f", module.Names.Find(0));
        Assert.AreEqual("e", module.Names.Find(1));
        Assert.AreEqual("six", module.Names.Find(2));
    }
}
