using System.Collections.Concurrent;

namespace PluginHost.Wasm.Runtime;

/// <summary>
/// Address ranges for memories. Giving one back to the system and asking for the next costs more than all else about a small
/// instance, so a few are kept, each with as many pages usable as its last memory had: the next one is often of the same size.
/// </summary>
internal static class Reservations
{
    /// <summary>Largest index plus largest offset plus widest access, rounded up.</summary>
    public const long Size = (8L << 30) + WasmMemory.PageSize;

    private const int Kept = 16;

    /// <summary>A memory that had more is unlikely to be followed by its like.</summary>
    private const long MostToEmpty = 64L << 20;

    private static readonly ConcurrentBag<Range> Free = [];

    /// <summary>A range of which exactly so many bytes are usable, and read as zeros.</summary>
    /// <returns>Its start, or 0 where the system has no memory left.</returns>
    public static nint Take(long bytes)
    {
        if (!Free.TryTake(out var range))
        {
            range = new Range(AddressSpace.Reserve(Size), 0);
        }

        var missing = bytes - range.Usable;
        if (missing > 0 ? AddressSpace.Commit(range.Start + (nint)range.Usable, missing) : AddressSpace.Decommit(range.Start + (nint)bytes, -missing))
        {
            return range.Start;
        }

        AddressSpace.Release(range.Start, Size);
        return 0;
    }

    /// <param name="address">Its start.</param>
    /// <param name="used">Bytes from there that were made usable.</param>
    public static void Return(nint address, long used)
    {
        if (Free.Count < Kept && used <= MostToEmpty && AddressSpace.TryClear(address, used, out var usable))
        {
            Free.Add(new Range(address, usable));
            return;
        }

        AddressSpace.Release(address, Size);
    }

    private readonly record struct Range(nint Start, long Usable);
}
