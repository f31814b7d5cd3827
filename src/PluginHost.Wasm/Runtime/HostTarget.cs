using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>A function of the host as one instance imports it.</summary>
internal sealed class HostTarget : CallTarget
{
    internal readonly Delegate? Typed;
    internal readonly Caller Caller;
    private readonly HostFunction _function;
    private readonly bool _metering;

    public HostTarget(Caller importer, HostFunction function)
        : base(importer.Store)
    {
        _function = function;
        _metering = importer.Instance.Compiled.Metering;
        Typed = function.Typed;
        Caller = importer;
    }

    /// <summary>Called by compiled code before the host's function: no host call starts with the budget used up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Caller EnterMetered(HostTarget target, int depth)
    {
        var store = target.Store;
        if (store.FuelLeft < Volatile.Read(ref store.FuelFloor))
        {
            Traps.OutOfFuelOrInterrupted(store);
        }

        store.DepthLeft = depth;
        return target.Caller;
    }

    /// <summary>The same for code that charges no fuel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Caller Enter(HostTarget target, int depth)
    {
        var store = target.Store;
        if (Volatile.Read(ref store.FuelFloor) > 0)
        {
            Traps.OutOfFuelOrInterrupted(store);
        }

        store.DepthLeft = depth;
        return target.Caller;
    }

    /// <summary>The way of functions without a typed delegate.</summary>
    public static WasmValue[] Call(HostTarget target, int depth, WasmValue[] arguments)
    {
        var caller = target._metering ? EnterMetered(target, depth) : Enter(target, depth);
        var store = target.Store;
        var type = target._function.Type;
        var results = new WasmValue[type.Results.Length];
        if (target._function.Callback is not { } callback)
        {
            throw new UnreachableException();
        }

        callback(caller, arguments, results);
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Type != type.Results[i])
            {
                throw new InvalidOperationException($"a host function left {results[i].Type.Name()} as result {i}, not {type.Results[i].Name()}");
            }

            store.CheckOwner(results[i]);
        }

        return results;
    }
}
