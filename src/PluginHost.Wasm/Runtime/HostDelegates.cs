using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace PluginHost.Wasm.Runtime;

/// <summary>The delegate types that stand for function types: Action or Func over Caller and numbers.</summary>
internal static class HostDelegates
{
    /// <summary>Parameters besides the caller that Action and Func have room for.</summary>
    private const int MaxParameters = 15;

    /// <summary>Reading a type off a delegate costs more than a call of it, and hosts define the same ones for every instance.</summary>
    private static readonly ConditionalWeakTable<Type, FunctionType> Hosts = [];

    /// <summary>The function type that a delegate stands for, which takes a <see cref="Caller"/> first; or null.</summary>
    public static FunctionType? OfHost(Type type)
    {
        if (!Hosts.TryGetValue(type, out var known) && TypeOf(type, skip: 1) is { } read)
        {
            Hosts.AddOrUpdate(type, known = read);
        }

        return known;
    }

    /// <summary>The function type that a delegate type stands for, or null.</summary>
    /// <param name="type">An Action or Func.</param>
    /// <param name="skip">1 where it takes a <see cref="Caller"/> first.</param>
    public static FunctionType? TypeOf(Type type, int skip)
    {
        if (type == typeof(Action) && skip == 0)
        {
            return new FunctionType([], []);
        }

        var name = type.IsGenericType ? type.GetGenericTypeDefinition().FullName : type.FullName;
        var isFunc = name?.StartsWith("System.Func`", StringComparison.Ordinal) == true;
        if (!isFunc && name?.StartsWith("System.Action`", StringComparison.Ordinal) != true)
        {
            return null;
        }

        var arguments = type.GetGenericArguments();
        if (skip == 1 && arguments[0] != typeof(Caller))
        {
            return null;
        }

        var types = arguments.Skip(skip).Select(ValueType).ToImmutableArray();
        return types.Contains(ValType.None)
            ? null
            : isFunc ? new FunctionType(types[..^1], types[^1..]) : new FunctionType(types, []);
    }

    /// <summary>The delegate type for a function type, or null where only a callback can stand for it.</summary>
    public static Type? Find(FunctionType type)
    {
        if (type.Parameters.Length > MaxParameters || type.Results.Length > 1
            || !type.Parameters.All(ValTypes.IsNumber) || !type.Results.All(ValTypes.IsNumber))
        {
            return null;
        }

        Type[] parameters = [typeof(Caller), .. type.Parameters.Select(ClrTypes.Of)];
        return type.Results is [var result]
            ? Expression.GetFuncType([.. parameters, ClrTypes.Of(result)])
            : Expression.GetActionType(parameters);
    }

    private static ValType ValueType(Type type) =>
        type == typeof(int) ? ValType.I32
        : type == typeof(long) ? ValType.I64
        : type == typeof(float) ? ValType.F32
        : type == typeof(double) ? ValType.F64
        : ValType.None;
}
