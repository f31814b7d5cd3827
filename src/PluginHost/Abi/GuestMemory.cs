using System.Buffers.Binary;
using PluginHost.Abi.Wasi;
using PluginHost.Wasm;

namespace PluginHost.Abi;

/// <summary>The memory of a guest as a host function sees it: every access is bounded, and no view outlives a statement.</summary>
internal readonly ref struct GuestMemory(WasmMemory memory)
{
    public static GuestMemory Of(Caller caller) => new(caller.Memory ?? throw new WasiException(Errno.Fault));

    public Span<byte> Bytes(int address, long length) =>
        (uint)address + length <= memory.Length && length >= 0 ? memory.View((uint)address, length) : throw new WasiException(Errno.Fault);

    public uint U32(int address) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(address, 4));

    public ulong U64(int address) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(address, 8));

    public void SetByte(int address, byte value) => Bytes(address, 1)[0] = value;

    public void SetU16(int address, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes(address, 2), value);

    public void SetU32(int address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes(address, 4), value);

    public void SetU64(int address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Bytes(address, 8), value);
}
