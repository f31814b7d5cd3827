using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>
/// Instructions over ranges of memories and tables (spec 4.4.6, 4.4.7). Each checks its ranges, then charges for its
/// size, then works in chunks between which it can be interrupted: an interrupted instance is not run again, so nobody
/// sees a half-done copy.
/// </summary>
internal static class Bulk
{
    private const int Chunk = 1 << 20;
    private const int BytesPerFuel = 16;
    private const long FuelPerPage = 64;

    public static int MemoryGrow(Instance instance, int pages, int memory)
    {
        Charge(instance, Math.Min((uint)pages, 65_536) * FuelPerPage);
        return instance.Memories[memory].Grow((uint)pages);
    }

    public static unsafe void MemoryCopy(Instance instance, int target, int source, int count, int targetMemory, int sourceMemory)
    {
        var (into, outOf) = (instance.Memories[targetMemory], instance.Memories[sourceMemory]);
        long to = (uint)target, from = (uint)source, left = (uint)count;
        Check(to + left <= into.Length && from + left <= outOf.Length);
        Charge(instance, left / BytesPerFuel);
        for (long done = 0; done < left;)
        {
            // Overlapping ranges are copied from the end that is read before it is overwritten.
            var size = Math.Min(Chunk, left - done);
            var at = to <= from ? done : left - done - size;
            Buffer.MemoryCopy((byte*)outOf.Base + from + at, (byte*)into.Base + to + at, size, size);
            done += size;
            Continue(instance.Store);
        }
    }

    public static void MemoryFill(Instance instance, int target, int value, int count, int index)
    {
        var memory = instance.Memories[index];
        long at = (uint)target, left = (uint)count;
        Check(at + left <= memory.Length);
        Charge(instance, left / BytesPerFuel);
        while (left > 0)
        {
            var size = Math.Min(Chunk, left);
            memory.View(at, size).Fill((byte)value);
            at += size;
            left -= size;
            Continue(instance.Store);
        }
    }

    public static void MemoryInit(Instance instance, int target, int source, int count, int segment, int index)
    {
        var memory = instance.Memories[index];
        var data = instance.DataOf(segment).Span;
        long to = (uint)target, from = (uint)source, left = (uint)count;
        Check(to + left <= memory.Length && from + left <= data.Length);
        Charge(instance, left / BytesPerFuel);
        while (left > 0)
        {
            var size = (int)Math.Min(Chunk, left);
            data.Slice((int)from, size).CopyTo(memory.View(to, size));
            to += size;
            from += size;
            left -= size;
            Continue(instance.Store);
        }
    }

    public static void DataDrop(Instance instance, int segment) => instance.DropData(segment);

    public static WasmFunction? TableGetFunction(Instance instance, int index, int table)
    {
        var elements = instance.Tables[table].Functions;
        CheckTable((uint)index < (uint)elements.Length);
        return elements[index];
    }

    public static object? TableGetExternal(Instance instance, int index, int table)
    {
        var elements = instance.Tables[table].Externals;
        CheckTable((uint)index < (uint)elements.Length);
        return elements[index];
    }

    public static void TableSetFunction(Instance instance, int index, WasmFunction? value, int table)
    {
        var elements = instance.Tables[table].Functions;
        CheckTable((uint)index < (uint)elements.Length);
        elements[index] = value;
    }

    public static void TableSetExternal(Instance instance, int index, object? value, int table)
    {
        var elements = instance.Tables[table].Externals;
        CheckTable((uint)index < (uint)elements.Length);
        elements[index] = value;
    }

    public static int TableSize(Instance instance, int table) => instance.Tables[table].Length;

    public static int TableGrow(Instance instance, object? value, int count, int table)
    {
        // Growing copies what is there.
        Charge(instance, Math.Min((uint)count, instance.Store.Options.TableElements) + instance.Tables[table].Length);
        return instance.Tables[table].Grow((uint)count, value);
    }

    public static void TableFill(Instance instance, int index, object? value, int count, int table)
    {
        var target = instance.Tables[table];
        long at = (uint)index, left = (uint)count;
        CheckTable(at + left <= target.Length);
        Charge(instance, left);
        if (target.Type.Element == ValType.FuncRef)
        {
            target.Functions.AsSpan((int)at, (int)left).Fill(Unsafe.As<WasmFunction?>(value));
        }
        else
        {
            target.Externals.AsSpan((int)at, (int)left).Fill(value);
        }
    }

    public static void TableCopy(Instance instance, int target, int source, int count, int targetTable, int sourceTable)
    {
        var (to, from) = (instance.Tables[targetTable], instance.Tables[sourceTable]);
        long left = (uint)count;
        CheckTable((uint)target + left <= to.Length && (uint)source + left <= from.Length);
        Charge(instance, left);
        if (to.Type.Element == ValType.FuncRef)
        {
            Array.Copy(from.Functions, source, to.Functions, target, (int)left);
        }
        else
        {
            Array.Copy(from.Externals, source, to.Externals, target, (int)left);
        }
    }

    public static void TableInit(Instance instance, int target, int source, int count, int segment, int table)
    {
        var to = instance.Tables[table];
        var elements = instance.ElementsOf(segment);
        long left = (uint)count;
        CheckTable((uint)target + left <= to.Length && (uint)source + left <= elements.Length);
        Charge(instance, left);
        if (to.Type.Element == ValType.FuncRef)
        {
            Array.Copy(elements, source, to.Functions, target, (int)left);
        }
        else
        {
            Array.Copy(elements, source, to.Externals, target, (int)left);
        }
    }

    public static void ElementDrop(Instance instance, int segment) => instance.DropElements(segment);

    public static WasmFunction FunctionAt(Instance instance, int index) => instance.FunctionAt(index);

    private static void Charge(Instance instance, long fuel)
    {
        var store = instance.Store;
        if (!instance.Compiled.Metering)
        {
            Continue(store);
            return;
        }

        store.FuelLeft -= fuel;
        if (store.FuelLeft < Volatile.Read(ref store.FuelFloor))
        {
            Traps.OutOfFuelOrInterrupted(store);
        }
    }

    private static void Continue(Store store)
    {
        if (store.IsInterrupted)
        {
            Traps.OutOfFuelOrInterrupted(store);
        }
    }

    private static void Check(bool inside)
    {
        if (!inside)
        {
            Traps.MemoryOutOfBounds();
        }
    }

    private static void CheckTable(bool inside)
    {
        if (!inside)
        {
            Traps.TableOutOfBounds();
        }
    }
}
