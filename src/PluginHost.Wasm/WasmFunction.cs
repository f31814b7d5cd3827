using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>A function that can be called, of an instance or of the host. What a <c>funcref</c> refers to.</summary>
public sealed class WasmFunction
{
    /// <summary>Number of the type; compared before every indirect call.</summary>
    internal readonly int TypeId;

    /// <summary>Entry point of the compiled code. Takes <see cref="Target"/>, the call depth left, and the parameters.</summary>
    internal readonly nint Code;

    /// <summary>First argument of the code; belongs to it.</summary>
    internal readonly CallTarget Target;

    /// <summary>Keeps the generated assembly loaded that <see cref="Code"/> points into.</summary>
    private readonly object _assembly;

    internal WasmFunction(FunctionType type, nint code, CallTarget target, object assembly)
    {
        Type = type;
        TypeId = type.Id;
        Code = code;
        Target = target;
        _assembly = assembly;
    }

    /// <summary>Its type.</summary>
    public FunctionType Type { get; }

    /// <summary>Calls the function.</summary>
    /// <param name="arguments">Values of the parameters' types.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">Number or types of the arguments do not fit.</exception>
    /// <exception cref="WasmTrapException">The guest was stopped.</exception>
    /// <exception cref="InvalidOperationException">The store runs on another thread.</exception>
    public WasmValue[] Invoke(params ReadOnlySpan<WasmValue> arguments)
    {
        if (arguments.Length != Type.Parameters.Length)
        {
            throw new ArgumentException($"{Type.Parameters.Length} arguments are needed, not {arguments.Length}", nameof(arguments));
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Type != Type.Parameters[i])
            {
                throw new ArgumentException($"argument {i} must be of type {Type.Parameters[i].Name()}, not {arguments[i].Type.Name()}", nameof(arguments));
            }

            Target.Store.CheckOwner(arguments[i]);
        }

        var results = new WasmValue[Type.Results.Length];
        Target.Store.Run(this, arguments.ToArray(), results);
        GC.KeepAlive(_assembly);
        return results;
    }
}
