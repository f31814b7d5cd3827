using System.Collections.Concurrent;

namespace PluginHost.Wasm.Runtime;

/// <summary>
/// Address ranges for memories. Giving one back to the system and asking for the next costs more than all else about a small
/// instance, so a few are kept, empty: their pages are given back, and nothing of them can be read or written.
/// </summary>
internal static class Reservations
{
    /// <summary>Largest index plus largest offset plus widest access, rounded up.</summary>
    public const long Size = (8L << 30) + WasmMemory.PageSize;

    private const int Kept = 16;

    /// <summary>A memory that had more is unlikely to be followed by its like.</summary>
    private const long MostToEmpty = 64L << 20;

    private static readonly ConcurrentBag<nint> Free = [];

    public static nint Take() => Free.TryTake(out var address) ? address : AddressSpace.Reserve(Size);

    /// <param name="address">Its start.</param>
    /// <param name="used">Bytes from there that were made usable.</param>
    public static void Return(nint address, long used)
    {
        if (Free.Count < Kept && used <= MostToEmpty && AddressSpace.Decommit(address, used))
        {
            Free.Add(address);
            return;
        }

        AddressSpace.Release(address, Size);
    }
}
