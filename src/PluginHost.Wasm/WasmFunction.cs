using System.Runtime.CompilerServices;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm;

/// <summary>A function that can be called, of an instance or of the host. What a <c>funcref</c> refers to.</summary>
public sealed class WasmFunction
{
    /// <summary>Number of the type; compared before every indirect call. 0 while there is no code.</summary>
    internal int TypeId;

    /// <summary>Entry point of the compiled code. Takes <see cref="Target"/>, the call depth left, and the parameters.</summary>
    internal nint Code;

    /// <summary>First argument of the code; belongs to it.</summary>
    internal readonly CallTarget Target;

    /// <summary>Keeps the generated assemblies loaded that <see cref="Code"/> points into.</summary>
    private readonly CompiledModule _module;

    /// <summary>Index among the functions that the module defines.</summary>
    private readonly int _index;

    /// <summary>A function of a module, compiled when it is first called.</summary>
    internal WasmFunction(FunctionType type, Instance target, int index)
    {
        Type = type;
        Target = target;
        _module = target.Compiled;
        _index = index;
        if (_module.Functions.Find(index) is not 0 and var code)
        {
            SetCode(code);
        }
    }

    /// <summary>A function of the host.</summary>
    internal WasmFunction(FunctionType type, nint code, HostTarget target, CompiledModule module)
    {
        Type = type;
        Target = target;
        _module = module;
        SetCode(code);
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
        Store.Run(this, arguments.ToArray(), results);
        GC.KeepAlive(_module);
        return results;
    }

    /// <summary>The function as a delegate: calls through it neither check types nor allocate.</summary>
    /// <typeparam name="T">
    /// <c>Action</c> or <c>Func</c> over int, long, float and double, for instance <c>Func&lt;int, long, int&gt;</c>. It throws what
    /// <see cref="Invoke"/> throws.
    /// </typeparam>
    /// <exception cref="ArgumentException">The function is of another type.</exception>
    public T CreateDelegate<T>()
        where T : Delegate
    {
        if (HostDelegates.TypeOf(typeof(T), skip: 0) is not { } type || !type.Equals(Type))
        {
            throw new ArgumentException($"{typeof(T).Name} does not fit {Type}", nameof(T));
        }

        return TypedEntry<T>.For(this);
    }

    /// <summary>Called by compiled code for an element that does not have the type it wants: it may have no code yet.</summary>
    /// <remarks>Inlined it would grow every function that calls indirectly.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void LoadElement(WasmFunction function, int typeId)
    {
        if (function.Type.Id != typeId)
        {
            Traps.IndirectCallTypeMismatch();
        }

        function.Loaded();
    }

    /// <summary>The function, compiled.</summary>
    internal WasmFunction Loaded()
    {
        if (Code == 0)
        {
            SetCode(_module.Functions.Load(_index));
        }

        return this;
    }

    private void SetCode(nint code)
    {
        Code = code;
        TypeId = Type.Id;
    }
}
