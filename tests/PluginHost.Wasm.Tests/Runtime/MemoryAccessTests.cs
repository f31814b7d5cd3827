using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Tests.Runtime;

/// <summary>Every load and store at every border: the one place where a wrong number would leave the sandbox.</summary>
[TestClass]
public sealed class MemoryAccessTests
{
    private static readonly uint[] Offsets = [0, 1, 7, 8, 65_528, 65_535, 65_536, 65_537, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF8, 0xFFFF_FFFF];

    public static IEnumerable<object[]> Instructions => OpcodeTable.ByName.Values
        .Where(info => info.Shape is OpcodeShape.Memory or OpcodeShape.MemoryLane)
        .SelectMany(info => new[] { true, false }.SelectMany(constant => new[] { 0, 1 }.Select(memory => new object[] { info.Name, constant, memory })));

    [TestMethod]
    [DynamicData(nameof(Instructions))]
    public void Access_TrapsExactlyBeyondTheEnd(string instruction, bool constantAddress, int memory)
    {
        var info = OpcodeTable.ByName[instruction];
        var load = info.Result != ValType.None;
        foreach (var offset in Offsets)
        {
            var addresses = Addresses(offset, info.Width);
            var functions = addresses.Select((address, i) =>
            {
                var index = constantAddress ? $"(i32.const {address})" : "(local.get 0)";
                var operand = info.Parameters is [_, var type] ? type == ValType.V128 ? "(v128.const i64x2 0 0)" : $"({type.Name()}.const 0)" : "";
                var lane = info.Shape == OpcodeShape.MemoryLane ? " 0" : "";
                var access = $"({instruction}{(memory == 0 ? "" : " 1")} offset={offset}{lane} {index} {operand})";
                var body = load ? $"(drop {access})" : access;
                return $"""(func (export "f{i}") (param i32) {body})""";
            });
            using var guest = new Guest($"(module {(memory == 0 ? "" : "(memory 3)")} (memory 1) {string.Concat(functions)})");
            for (var i = 0; i < addresses.Length; i++)
            {
                var inside = (ulong)addresses[i] + offset + (ulong)info.Width <= 65_536;
                if (inside)
                {
                    guest.Call($"f{i}", WasmValue.FromI32((int)addresses[i]));
                }
                else
                {
                    Assert.AreEqual(TrapKind.MemoryOutOfBounds, guest.Trap($"f{i}", (int)addresses[i]).Kind, $"{addresses[i]} + {offset}");
                }
            }
        }
    }

    [TestMethod]
    public void Store_AtTheLastByte_ChangesNothingElse()
    {
        using var guest = new Guest("""
            (module (memory (export "memory") 1) (func (export "put") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))
            """);
        guest.Call("put", WasmValue.FromI32(65_535), WasmValue.FromI32(0x1FF));
        var content = new byte[65_536];
        guest.Instance.GetMemory("memory")!.Read(0, content);

        Assert.AreEqual(0xFF, content[^1]);
        Assert.IsTrue(content.AsSpan(0, 65_535).IndexOfAnyExcept((byte)0) < 0);
    }

    [TestMethod]
    public void Load_PendingOverAStore_SeesTheMemoryAsItWas()
    {
        using var guest = new Guest("""
            (module (memory 1) (func (export "f") (param i32) (result i32)
              (i32.load (local.get 0))
              (i32.store (local.get 0) (i32.const 5))
              (local.get 0)
              (local.set 0 (i32.const 99))
              (i32.add)))
            """);

        Assert.AreEqual(8, guest.CallI32("f", 8));
    }

    [TestMethod]
    public void Length_AfterGrowInACallee_IsSeenByTheCaller()
    {
        using var guest = new Guest("""
            (module (memory 1 2)
              (func $grow (drop (memory.grow (i32.const 1))))
              (func (export "f") (result i32)
                (call $grow) (i32.store (i32.const 65536) (i32.const 3)) (i32.load (i32.const 65536))))
            """);

        Assert.AreEqual(3, guest.CallI32("f"));
    }

    private static uint[] Addresses(uint offset, int width)
    {
        var edge = 65_536L - offset - width;
        return [.. new[] { 0, 1, edge - 1, edge, edge + 1, edge + width, 65_535, 65_536, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF }
            .Where(address => address is >= 0 and <= uint.MaxValue).Select(address => (uint)address).Distinct()];
    }
}
