using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using PluginHost.Abi.Extism;
using PluginHost.Wasm;

namespace PluginHost.Capabilities.Functions;

/// <summary>A method: its parameters and result are numbers, or blocks of Extism's memory that hold bytes, text or JSON.</summary>
[RequiresUnreferencedCode("Parameters and results are read as JSON.")]
[RequiresDynamicCode("Parameters and results are read as JSON.")]
internal sealed class MethodBinding : HostFunctionBinding
{
    private readonly MethodInfo _method;
    private readonly object? _target;
    private readonly ParameterInfo[] _parameters;
    private readonly Type? _result;

    /// <exception cref="ArgumentException">A type cannot be passed, or an attribute names no capability.</exception>
    public MethodBinding(string name, MethodInfo method, object? target)
        : base(name, method)
    {
        _method = method;
        _target = target;
        _parameters = method.GetParameters();
        if (_parameters.Any(parameter => parameter.ParameterType.IsByRef || parameter.ParameterType.IsByRefLike || parameter.ParameterType.IsPointer) || method.ContainsGenericParameters)
        {
            throw new ArgumentException($"'{name}' has a parameter that cannot be passed: use SpanHostFunction for spans", nameof(method));
        }

        _result = ResultOf(method.ReturnType);
        Type = new FunctionType(
            [.. _parameters.Where(parameter => !IsOurs(parameter)).Select(parameter => ValueType(parameter.ParameterType))],
            _result is null ? [] : [ValueType(_result)]);
    }

    public override FunctionType Type { get; }

    public override (Task Ended, Func<ExtismMemory, WasmValue?> Result, long BytesIn) Begin(ExtismMemory memory, ReadOnlySpan<WasmValue> arguments, HostFunctionCall call)
    {
        var values = new object?[_parameters.Length];
        var (next, bytes) = (0, 0L);
        for (var i = 0; i < values.Length; i++)
        {
            var type = _parameters[i].ParameterType;
            values[i] = type == typeof(HostFunctionCall) ? call
                : type == typeof(CancellationToken) ? call.Cancellation
                : Argument(memory, arguments[next++], _parameters[i], ref bytes);
        }

        var returned = Invoke(values);
        var ended = returned switch
        {
            Task task => task,
            ValueTask task => task.AsTask(),
            null => IsAwaited ? throw new InvalidOperationException("a task is null") : Task.CompletedTask,
            _ when IsValueTask(_method.ReturnType) => (Task)_method.ReturnType.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null)!,
            _ => Task.CompletedTask,
        };
        return (ended, guest => _result is null ? null : Result(guest, ended.GetType().IsGenericType && IsAwaited ? ended.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(ended) : returned), bytes);
    }

    private bool IsAwaited => typeof(Task).IsAssignableFrom(_method.ReturnType) || IsValueTask(_method.ReturnType);

    private object? Invoke(object?[] values)
    {
        try
        {
            return _method.Invoke(_target, values);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static bool IsOurs(ParameterInfo parameter) => parameter.ParameterType == typeof(HostFunctionCall) || parameter.ParameterType == typeof(CancellationToken);

    private static bool IsValueTask(Type type) => type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static Type? ResultOf(Type type) =>
        type == typeof(void) || type == typeof(Task) || type == typeof(ValueTask) ? null
        : type.IsGenericType && type.GetGenericTypeDefinition() is var generic && (generic == typeof(Task<>) || generic == typeof(ValueTask<>)) ? type.GetGenericArguments()[0]
        : type;

    private static ValType ValueType(Type type) =>
        type == typeof(int) ? ValType.I32
        : type == typeof(float) ? ValType.F32
        : type == typeof(double) ? ValType.F64
        : ValType.I64;

    private static object? Argument(ExtismMemory memory, WasmValue value, ParameterInfo parameter, ref long bytes)
    {
        var type = parameter.ParameterType;
        if (type == typeof(int) || type == typeof(long) || type == typeof(float) || type == typeof(double))
        {
            return type == typeof(int) ? (object)value.I32 : type == typeof(long) ? (object)value.I64 : type == typeof(float) ? (object)value.F32 : value.F64;
        }

        var block = Bytes(memory, value.I64, $"parameter '{parameter.Name}'");
        bytes += block.Length;
        if (type == typeof(byte[]) || type == typeof(string) || type == typeof(ReadOnlyMemory<byte>))
        {
            return type == typeof(string) ? Encoding.UTF8.GetString(block) : type == typeof(byte[]) ? block : new ReadOnlyMemory<byte>(block);
        }

        try
        {
            return block.Length == 0 ? null : JsonSerializer.Deserialize(block, type, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            throw new ExtismErrorException($"parameter '{parameter.Name}' is not the JSON that the host function takes");
        }
    }

    /// <summary>By the type that was declared: what a guest imports says that, whatever the value is.</summary>
    private WasmValue Result(ExtismMemory memory, object? value) =>
        _result == typeof(int) ? WasmValue.FromI32((int)value!)
        : _result == typeof(long) ? WasmValue.FromI64((long)value!)
        : _result == typeof(float) ? WasmValue.FromF32((float)value!)
        : _result == typeof(double) ? WasmValue.FromF64((double)value!)
        : value switch
        {
            null => WasmValue.FromI64(0),
            string text => Block(memory, Encoding.UTF8.GetBytes(text)),
            byte[] bytes => Block(memory, bytes),
            ReadOnlyMemory<byte> bytes => Block(memory, bytes.ToArray()),
            _ => Block(memory, JsonSerializer.SerializeToUtf8Bytes(value, _result!, JsonSerializerOptions.Web)),
        };
}
