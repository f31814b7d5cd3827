using PluginHost.Abi.Extism;
using PluginHost.Wasm;

namespace PluginHost.Capabilities.Functions;

/// <summary>A function of bytes.</summary>
internal sealed class SpanBinding(string name, SpanHostFunction function) : HostFunctionBinding(name, function.Method)
{
    public override FunctionType Type { get; } = new([ValType.I64], [ValType.I64]);

    public override (Task Ended, Func<ExtismMemory, WasmValue?> Result, long BytesIn) Begin(ExtismMemory memory, ReadOnlySpan<WasmValue> arguments, HostFunctionCall call)
    {
        var input = Bytes(memory, arguments[0].I64, "the input");
        var output = function(input, call) ?? [];
        return (Task.CompletedTask, guest => Block(guest, output), input.Length);
    }
}
