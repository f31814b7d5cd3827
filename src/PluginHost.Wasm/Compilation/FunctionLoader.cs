using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using PluginHost.Wasm.Runtime;
using PluginHost.Wasm.Validation;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Compiles the functions of a module, each when it is first called. Everything was validated before; a function that
/// is never called costs an entry in a table.
/// </summary>
internal sealed class FunctionLoader(WasmModule module, GeneratedModule generated, CompilationOptions options)
{
    /// <summary>The time that the CLR takes to make a type grows with the types of its assembly.</summary>
    private const int TypesPerAssembly = 32;

    private static readonly SemaphoreSlim Compilers = new(Environment.ProcessorCount);

    private readonly Lock _gate = new();
    private readonly CodeTable _table = new(module.Bodies.Length);
    private readonly ConcurrentDictionary<int, nint> _compiled = new();
    private readonly Dictionary<int, MethodInfo> _emitted = [];
    private readonly Dictionary<FunctionType, nint> _stubs = [];
    private readonly IReadOnlySet<int> _references = ModuleValidator.DeclaredReferences(module);
    private ModuleBuilder? _builder;
    private int _types;
    private long _codeBytes;

    /// <summary>Told the assembly of each function that was compiled.</summary>
    public required Action<Assembly> AssemblyMade { private get; init; }

    /// <summary>The code of a function, or 0 while nobody has called it.</summary>
    public nint Find(int function) => _compiled.GetValueOrDefault(function);

    /// <summary>The code of a function, compiled now if it was not yet.</summary>
    /// <exception cref="WasmTrapException">The function or the module would come to more code than is allowed.</exception>
    public nint Load(int function)
    {
        if (_compiled.TryGetValue(function, out var code))
        {
            return code;
        }

        // Each compiler may need hundreds of megabytes for a while, so there are no more at work than processors.
        Compilers.Wait();
        try
        {
            return Compile(function);
        }
        finally
        {
            Compilers.Release();
        }
    }

    private nint Compile(int function)
    {
        MethodInfo? method;
        lock (_gate)
        {
            if (!_emitted.TryGetValue(function, out method))
            {
                _emitted.Add(function, method = Emit(function));
            }
        }

        // The JIT works outside of the lock, so that one large function does not keep other threads from theirs.
        RuntimeHelpers.PrepareMethod(method.MethodHandle);
        var code = method.MethodHandle.GetFunctionPointer();
        _compiled[function] = code;
        _table[function] = code;
        return code;
    }

    private MethodInfo Emit(int function)
    {
        CompiledFunction compiled;
        try
        {
            var layout = new ModuleLayout(generated.InstanceType, generated.GlobalFields, _table, function);
            compiled = FunctionCompiler.Compile(module, layout, new FunctionValidator(module, _references), options);
        }
        catch (WasmLimitException)
        {
            throw new WasmTrapException(TrapKind.CodeLimit);
        }

        var bytes = JitBudget.Bytes(compiled.Cil);
        if (bytes > options.CodeBytes - _codeBytes)
        {
            throw new WasmTrapException(TrapKind.CodeLimit);
        }

        _codeBytes += bytes;

        var type = DefineType();
        var emitter = new FunctionEmitter(type, generated.InstanceType, module.ImportedFunctions + function, module.Bodies[function].Type);
        emitter.Emit(compiled, options.ForceFallback);
        var stubs = EmitStubs(type, compiled.Callees);
        var created = type.CreateType();
        AssemblyMade(created.Assembly);
        foreach (var (signature, name) in stubs)
        {
            _stubs.Add(signature, Method(created, name).MethodHandle.GetFunctionPointer());
        }

        foreach (var callee in compiled.Callees)
        {
            if (_table[callee] == 0)
            {
                _table.SetStub(callee, _stubs[module.Bodies[callee].Type]);
            }
        }

        return Method(created, emitter.Name);
    }

    private TypeBuilder DefineType()
    {
        if (_builder is null || _types % TypesPerAssembly == 0)
        {
            var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(ModuleCompiler.AssemblyName), AssemblyBuilderAccess.RunAndCollect);
            _builder = assembly.DefineDynamicModule("functions");
        }

        return _builder.DefineType($"Functions{_types++}", TypeAttributes.NotPublic | TypeAttributes.Sealed | TypeAttributes.Abstract);
    }

    /// <summary>Stubs of the types that have none yet: they compile what they are called for and go on there.</summary>
    private Dictionary<FunctionType, string> EmitStubs(TypeBuilder type, IEnumerable<int> callees)
    {
        var names = new Dictionary<FunctionType, string>();
        foreach (var callee in callees)
        {
            var signature = module.Bodies[callee].Type;
            if (_table[callee] == 0 && !_stubs.ContainsKey(signature) && !names.ContainsKey(signature))
            {
                names.Add(signature, $"load{_stubs.Count + names.Count}");
                EmitStub(type, names[signature], signature);
            }
        }

        return names;
    }

    private void EmitStub(TypeBuilder type, string name, FunctionType signature)
    {
        var parameters = ClrTypes.Parameters(signature, generated.InstanceType);
        var stub = type.DefineMethod(name, MethodAttributes.Static | MethodAttributes.Assembly, ClrTypes.Return(signature), parameters);
        var il = stub.GetILGenerator();
        var code = il.DeclareLocal(typeof(nint));
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, Members.LoadCallee);
        il.Emit(OpCodes.Stloc, code);
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        // A frame left here would be one that no check has accounted for.
        il.Emit(OpCodes.Ldloc, code);
        il.Emit(OpCodes.Tailcall);
        il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, ClrTypes.Return(signature), parameters, null);
        il.Emit(OpCodes.Ret);
    }

    private static MethodInfo Method(Type type, string name) => type.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;
}
