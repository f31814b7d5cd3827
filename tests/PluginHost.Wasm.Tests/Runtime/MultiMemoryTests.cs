namespace PluginHost.Wasm.Tests.Runtime;

[TestClass]
public sealed class MultiMemoryTests
{
    private const string Two = """
        (module
          (memory $a (export "a") 1) (memory $b (export "b") 2 4)
          (data (memory $a) (i32.const 0) "\01\02\03\04") (data (memory $b) (i32.const 65536) "\0a\0b\0c\0d") (data $p "\ff\fe")
          (func (export "size") (result i32) (i32.add (memory.size $a) (i32.mul (i32.const 100) (memory.size $b))))
          (func (export "grow") (param i32) (result i32) (memory.grow $b (local.get 0)))
          (func (export "load") (param i32) (result i32) (i32.load $b offset=1 align=1 (local.get 0)))
          (func (export "store") (param i32 i32) (i64.store16 $b offset=2 (local.get 0) (i64.extend_i32_u (local.get 1))))
          (func (export "fixed") (result i32) (i32.load8_u $b offset=65537 (i32.const 0)))
          (func (export "copy") (memory.copy $a $b (i32.const 100) (i32.const 65536) (i32.const 4)))
          (func (export "fill") (param i32 i32) (memory.fill $b (local.get 0) (i32.const 0xee) (local.get 1)))
          (func (export "init") (memory.init $b $p (i32.const 8) (i32.const 0) (i32.const 2)))
          (func (export "lane") (param i32) (result i32)
            (i32x4.extract_lane 2 (v128.load32_lane $b 2 (local.get 0) (v128.const i32x4 0 0 0 0))))
          (func (export "splat") (param i32) (result i32) (i32x4.extract_lane 3 (v128.load8_splat 1 offset=0 (local.get 0)))))
        """;

    public static IEnumerable<object[]> Modes =>
        [[new CompilationOptions()], [new CompilationOptions { Metering = false }], [new CompilationOptions { ForceFallback = true }]];

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void EachInstruction_GoesToTheMemoryThatItNames(CompilationOptions options)
    {
        using var guest = new Guest(Two, options);
        var (a, b) = (guest.Instance.GetMemory("a")!, guest.Instance.GetMemory("b")!);

        Assert.AreEqual(201, guest.CallI32("size"));
        Assert.AreEqual(2, guest.CallI32("grow", 1));
        Assert.AreEqual(301, guest.CallI32("size"));
        Assert.AreEqual(-1, guest.CallI32("grow", 2));
        Assert.AreEqual(0x0d0c0b, guest.CallI32("load", 65_536));
        Assert.AreEqual(0x0b, guest.CallI32("fixed"));
        Assert.AreEqual(0x0d0c0b0a, guest.CallI32("lane", 65_536));
        Assert.AreEqual(0x0c0c0c0c, guest.CallI32("splat", 65_538));
        guest.Call("store", WasmValue.FromI32(10), WasmValue.FromI32(0x1234));
        guest.Call("copy");
        guest.Call("fill", WasmValue.FromI32(20), WasmValue.FromI32(2));
        guest.Call("init");

        Assert.AreEqual("01020304", Hex(a, 0, 4));
        Assert.AreEqual("0a0b0c0d", Hex(a, 100, 4));
        Assert.AreEqual("fffe00003412", Hex(b, 8, 6));
        Assert.AreEqual("eeee00", Hex(b, 20, 3));
    }

    [TestMethod]
    [DynamicData(nameof(Modes))]
    public void Access_BeyondItsOwnMemory_Traps(CompilationOptions options)
    {
        using var guest = new Guest(Two, options);

        Assert.AreEqual(0, guest.CallI32("load", (2 * 65_536) - 5));
        Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap("load", (2 * 65_536) - 4).Kind);
        Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap("load", -1).Kind);
        Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap("fill", 2 * 65_536, 1).Kind);
        Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap("splat", 2 * 65_536).Kind);
    }

    [TestMethod]
    public void ImportedAndOwnMemories_CanBeExportedToOthers()
    {
        using var store = new Store();
        var linker = new Linker();
        linker.Define("first", linker.Instantiate(store, Guest.Compile(Two)));
        var second = linker.Instantiate(store, Guest.Compile("""
            (module (import "first" "b" (memory $b 1)) (import "first" "a" (memory $a 1)) (memory $own (export "own") 1)
              (export "again" (memory $a))
              (func (export "move") (memory.copy $own $b (i32.const 0) (i32.const 65536) (i32.const 2))))
            """));

        second.GetFunction("move")!.Invoke();

        Assert.AreEqual("0a0b", Hex(second.GetMemory("own")!, 0, 2));
        Assert.AreEqual("0102", Hex(second.GetMemory("again")!, 0, 2));
    }

    [TestMethod]
    [DataRow("(memory 1) (memory 1) (func (drop (i32.load 2 (i32.const 0))))")]
    [DataRow("(memory 1) (memory 1) (func (memory.copy 0 2 (i32.const 0) (i32.const 0) (i32.const 0)))")]
    [DataRow("(memory 1) (func (drop (memory.size 1)))")]
    [DataRow("(memory 1) (func (drop (memory.grow 1 (i32.const 0))))")]
    [DataRow("(memory 1) (func (memory.fill 1 (i32.const 0) (i32.const 0) (i32.const 0)))")]
    [DataRow("(memory 1) (data \"\") (func (memory.init 1 0 (i32.const 0) (i32.const 0) (i32.const 0)))")]
    [DataRow("(memory 1) (data (memory 1) (i32.const 0) \"\")")]
    public void UnknownMemory_IsInvalid(string fields) =>
        Assert.ThrowsExactly<WasmInvalidException>(() => WasmModule.Decode(TextModule.Encode(fields)));

    private static string Hex(WasmMemory memory, uint at, int count)
    {
        var bytes = new byte[count];
        memory.Read(at, bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
