using System.Collections.Immutable;
using System.Reflection;
using PluginHost.Abi.Extism;
using PluginHost.Wasm;

namespace PluginHost.Capabilities.Functions;

/// <summary>A function of the embedder and how a guest calls it.</summary>
/// <param name="name">Its name.</param>
/// <param name="method">The method, whose attributes count.</param>
/// <exception cref="ArgumentException">An attribute names no capability.</exception>
internal abstract class HostFunctionBinding(string name, MethodInfo method)
{
    public string Name { get; } = name;

    /// <summary>What a guest imports.</summary>
    public abstract FunctionType Type { get; }

    /// <summary>Capabilities that the guest must hold besides.</summary>
    public ImmutableArray<Capability> Required { get; } =
    [
        .. method.GetCustomAttributes<RequiresCapabilityAttribute>().Select(attribute => Capability.Find(attribute.Capability)
            ?? throw new ArgumentException($"'{name}' requires '{attribute.Capability}', which is no capability", nameof(method))),
    ];

    /// <summary>Reads the arguments and makes the call, so far without waiting for its end.</summary>
    /// <returns>Its end, and how its result is given to the guest then.</returns>
    public abstract (Task Ended, Func<ExtismMemory, WasmValue?> Result, long BytesIn) Begin(ExtismMemory memory, ReadOnlySpan<WasmValue> arguments, HostFunctionCall call);

    /// <summary>Bytes that the guest left in its block.</summary>
    protected static byte[] Bytes(ExtismMemory memory, long handle, string what) =>
        handle == 0 ? [] : memory.Read(handle) ?? throw new ExtismErrorException($"invalid handle offset for {what}");

    /// <summary>A block with bytes for the guest.</summary>
    protected static WasmValue Block(ExtismMemory memory, byte[] bytes) => memory.Allocate(bytes) is var handle && (handle != 0 || bytes.Length == 0)
        ? WasmValue.FromI64(handle)
        : throw new ExtismErrorException("what a host function returned does not fit into the guest's memory");
}
