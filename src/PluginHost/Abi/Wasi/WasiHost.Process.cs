using System.Security.Cryptography;
using System.Text;
using PluginHost.Capabilities;
using PluginHost.Wasm;

namespace PluginHost.Abi.Wasi;

/// <content>Arguments, environment, clocks, random bytes, waiting and the end.</content>
internal sealed partial class WasiHost
{
    private const int MaxSubscriptions = 1024;
    private const int LastClock = 3;
    private static readonly string[] ClockNames = ["clock 0", "clock 1", "clock 2", "clock 3"];

    private static void DefineProcess(Linker linker)
    {
        linker.Define(Module, "args_sizes_get", (Func<Caller, int, int, int>)((caller, count, size) =>
            Run(caller, host => Sizes(caller, host._program.Arguments, count, size))));
        linker.Define(Module, "args_get", (Func<Caller, int, int, int>)((caller, pointers, buffer) =>
            Run(caller, host => Strings(caller, host._program.Arguments, pointers, buffer))));
        linker.Define(Module, "environ_sizes_get", (Func<Caller, int, int, int>)((caller, count, size) =>
            Run(caller, host => Sizes(caller, host.Environment(), count, size))));
        linker.Define(Module, "environ_get", (Func<Caller, int, int, int>)((caller, pointers, buffer) =>
            Run(caller, host => host.ReadEnvironment(caller, pointers, buffer))));
        linker.Define(Module, "clock_res_get", (Func<Caller, int, int, int>)((caller, id, result) =>
            Run(caller, host => host.ClockResolution(caller, id, result))));
        linker.Define(Module, "clock_time_get", (Func<Caller, int, long, int, int>)((caller, id, _, result) =>
            Run(caller, host => host.ClockTime(caller, id, result))));
        linker.Define(Module, "random_get", (Func<Caller, int, int, int>)((caller, buffer, length) =>
            Run(caller, host => host.Random(caller, buffer, (uint)length))));
        linker.Define(Module, "poll_oneoff", (Func<Caller, int, int, int, int, int>)((caller, subscriptions, events, count, result) =>
            Run(caller, host => host.Poll(caller, subscriptions, events, (uint)count, result))));
        linker.Define(Module, "sched_yield", (Func<Caller, int>)(_ => (int)Errno.Success));
        linker.Define(Module, "proc_exit", (Action<Caller, int>)((_, code) => throw new ProgramExitException(code)));
    }

    private string[] Environment() => [.. _call.Grant.Environment.Select(pair => $"{pair.Key}={pair.Value}")];

    private static Errno Sizes(Caller caller, IReadOnlyList<string> strings, int count, int size)
    {
        var memory = GuestMemory.Of(caller);
        memory.SetU32(count, (uint)strings.Count);
        memory.SetU32(size, (uint)strings.Sum(text => Encoding.UTF8.GetByteCount(text) + 1));
        return Errno.Success;
    }

    private static Errno Strings(Caller caller, IReadOnlyList<string> strings, int pointers, int buffer)
    {
        var memory = GuestMemory.Of(caller);
        for (var i = 0; i < strings.Count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(strings[i] + '\0');
            memory.SetU32(pointers + (4 * i), (uint)buffer);
            bytes.CopyTo(memory.Bytes(buffer, bytes.Length));
            buffer += bytes.Length;
        }

        return Errno.Success;
    }

    /// <summary>Every key that the guest receives is a demand; it receives only granted ones, so an absent key looks unset.</summary>
    private Errno ReadEnvironment(Caller caller, int pointers, int buffer)
    {
        foreach (var key in _call.Grant.Environment.Keys)
        {
            var lease = _call.Demand(Capability.Environment, key, "granted key", default);
            Effect(lease, _ => 0);
        }

        return Strings(caller, Environment(), pointers, buffer);
    }

    private TimeSpan Clock(int id)
    {
        var precision = _call.Grant.ClockPrecision;
        _call.DemandQuiet(Capability.Clock, ClockNames[id], precision is not null, 0, "clocks are withdrawn");
        return precision!.Value;
    }

    private Errno ClockResolution(Caller caller, int id, int result)
    {
        if (id is < 0 or > LastClock)
        {
            return Errno.Invalid;
        }

        GuestMemory.Of(caller).SetU64(result, (ulong)(Clock(id).Ticks * 100));
        return Errno.Success;
    }

    private Errno ClockTime(Caller caller, int id, int result)
    {
        if (id is < 0 or > LastClock)
        {
            return Errno.Invalid;
        }

        var precision = Clock(id).Ticks;
        var ticks = Ticks(id);
        GuestMemory.Of(caller).SetU64(result, (ulong)((ticks - (ticks % precision)) * 100));
        return Errno.Success;
    }

    /// <summary>
    /// Ticks of 100 ns: since 1970 for the realtime clock (0), since some start for the monotonic one (1), since the start of the
    /// call for those of the process and the thread (2, 3), whose use of a processor is not measured apart.
    /// </summary>
    private long Ticks(int id) => id switch
    {
        0 => (_program.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks,
        1 => _program.Time.GetElapsedTime(0, _program.Time.GetTimestamp()).Ticks,
        _ => _program.Time.GetElapsedTime(_started).Ticks,
    };

    private Errno Random(Caller caller, int buffer, long length)
    {
        var allowed = _call.QuietBytes(Capability.Random) + length <= _call.Grant.RandomBytes;
        _call.DemandQuiet(Capability.Random, $"{length} bytes", allowed, length, allowed ? "" : $"more than {_call.Grant.RandomBytes} random bytes in one call");
        RandomNumberGenerator.Fill(GuestMemory.Of(caller).Bytes(buffer, length));
        return Errno.Success;
    }

    /// <summary>
    /// Waits for the earliest clock; reading and writing are always ready. The wait ends with the call.
    /// </summary>
    private Errno Poll(Caller caller, int subscriptions, int events, long count, int result)
    {
        const int subscriptionBytes = 48;
        if (count is 0 or > MaxSubscriptions)
        {
            return Errno.Invalid;
        }

        var due = new (ulong UserData, byte Type, TimeSpan Wait, Errno Error)[count];
        for (var i = 0; i < count; i++)
        {
            due[i] = Subscription(caller, subscriptions + (i * subscriptionBytes));
        }

        var wait = due.Min(entry => entry.Wait);
        if (wait > TimeSpan.Zero)
        {
            Clock(1);
            Sleep(wait);
        }

        var memory = GuestMemory.Of(caller);
        var written = 0;
        foreach (var (userData, type, _, error) in due.Where(entry => entry.Wait <= wait))
        {
            const int eventBytes = 32;
            var at = events + (written++ * eventBytes);
            memory.Bytes(at, eventBytes).Clear();
            memory.SetU64(at, userData);
            memory.SetU16(at + 8, (ushort)error);
            memory.SetByte(at + 10, type);
        }

        memory.SetU32(result, (uint)written);
        return Errno.Success;
    }

    private (ulong UserData, byte Type, TimeSpan Wait, Errno Error) Subscription(Caller caller, int at)
    {
        var memory = GuestMemory.Of(caller);
        var userData = memory.U64(at);
        var type = memory.Bytes(at + 8, 1)[0];
        if (type != 0)
        {
            var known = memory.U32(at + 16) is var fd && fd < _descriptors.Count && _descriptors[(int)fd] is not null;
            return (userData, type, TimeSpan.Zero, known ? Errno.Success : Errno.BadDescriptor);
        }

        var id = (int)memory.U32(at + 16);
        if (id is < 0 or > 1)
        {
            return (userData, type, TimeSpan.Zero, Errno.Invalid);
        }

        var ticks = (long)Math.Min(memory.U64(at + 24) / 100, long.MaxValue / 2);
        var absolute = (memory.U32(at + 40) & 1) != 0;
        return (userData, type, TimeSpan.FromTicks(absolute ? Math.Max(0, ticks - Ticks(id)) : ticks), Errno.Success);
    }

    private void Sleep(TimeSpan wait)
    {
        // A day is longer than any deadline; the handle's own limit is 2^31 milliseconds.
        var bounded = wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1);
        _call.Stop.WaitHandle.WaitOne(bounded);
        _call.Stop.ThrowIfCancellationRequested();
    }
}
