using System.Reflection;
using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;
using PluginHost.Wasm.Validation;

namespace PluginHost.Wasm.Compilation;

/// <summary>Builds the generated assembly of a module. The assembly is collectible, and the JIT compiles its methods when they are first called.</summary>
internal sealed class ModuleCompiler
{
    /// <summary>The one assembly name that may see the engine's internals.</summary>
    public const string AssemblyName = "PluginHost.Wasm.Generated";

    private const int FunctionsPerType = 500;

    /// <summary>Globals beyond this number live in cells: a class holds only so many fields.</summary>
    private const int MaxFields = 2_000;

    /// <summary>Bytes beyond which a frame is so large that the stack is checked before it is entered.</summary>
    private const int LargeFrame = 16 * 1024;

    private const MethodAttributes Static = MethodAttributes.Static | MethodAttributes.Assembly;

    private readonly WasmModule _module;
    private readonly CompilationOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly ModuleBuilder _builder;
    private readonly TypeBuilder _instance;
    private readonly FieldInfo?[] _globals;
    private readonly List<TypeBuilder> _types = [];
    private readonly MethodBuilder[] _functions;

    public ModuleCompiler(WasmModule module, CompilationOptions options, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _module = module;
        _options = options;
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(AssemblyName), AssemblyBuilderAccess.RunAndCollect);
        _builder = assembly.DefineDynamicModule("module");
        _instance = _builder.DefineType("Instance", TypeAttributes.NotPublic | TypeAttributes.Sealed, typeof(Instance));
        _globals = DefineGlobals();
        _functions = DefineFunctions();
    }

    public GeneratedModule Compile()
    {
        EmitConstructor();
        EmitInitializer();
        var thunks = EmitThunks();
        var layout = new ModuleLayout(_instance, _functions, _globals);
        var references = ModuleValidator.DeclaredReferences(_module);
        var validator = new FunctionValidator(_module, references);
        for (var i = 0; i < _functions.Length; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            Emit(i, FunctionCompiler.Compile(_module, layout, validator, _module.Bodies[i], _options.Metering));
        }

        var instance = _instance.CreateType();
        foreach (var type in _types)
        {
            _cancellation.ThrowIfCancellationRequested();
            type.CreateType();
        }

        return new GeneratedModule(
            instance, [.. _functions.Select(function => function.MetadataToken)], thunks, [.. _globals.Select(field => field is null)]);
    }

    /// <summary>A mutable global that others can see needs a cell; everything else is a field.</summary>
    private FieldInfo?[] DefineGlobals()
    {
        var exported = _module.Exports.Where(export => export.Kind == ExternalKind.Global).Select(export => export.Index).ToHashSet();
        var fields = new FieldInfo?[_module.Globals.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var type = _module.Globals[i];
            var shared = type.Mutable && (i < _module.ImportedGlobals || exported.Contains(i));
            if (!shared && i < MaxFields)
            {
                fields[i] = _instance.DefineField($"g{i}", ClrTypes.Of(type.Value), FieldAttributes.Assembly);
            }
        }

        return fields;
    }

    private MethodBuilder[] DefineFunctions()
    {
        var functions = new MethodBuilder[_module.Bodies.Length];
        for (var i = 0; i < functions.Length; i++)
        {
            if (i % FunctionsPerType == 0)
            {
                _cancellation.ThrowIfCancellationRequested();
                _types.Add(_builder.DefineType($"Functions{i / FunctionsPerType}", TypeAttributes.NotPublic | TypeAttributes.Sealed | TypeAttributes.Abstract));
            }

            functions[i] = Define($"f{_module.ImportedFunctions + i}", _module.Bodies[i].Type);
        }

        return functions;
    }

    /// <summary>Without inlining every guest function has a frame of its own: in traps, and in the count of nested calls.</summary>
    private MethodBuilder Define(string name, FunctionType type)
    {
        var method = _types[^1].DefineMethod(name, Static, ClrTypes.Return(type), ClrTypes.Parameters(type, _instance));
        method.SetImplementationFlags(MethodImplAttributes.NoInlining);
        return method;
    }

    private void Emit(int index, CompiledFunction function)
    {
        var method = _functions[index];
        var type = _module.Bodies[index].Type;
        var fallback = _options.ForceFallback || !JitBudget.Allows(function.Cil, function.LoopDepth);
        var frame = FrameBound(function, type, fallback);
        if (frame > LargeFrame)
        {
            method = EmitLargeFrame(index, method, frame, type, function.TailCalls);
        }

        if (fallback)
        {
            method.SetImplementationFlags(MethodImplAttributes.NoInlining | MethodImplAttributes.NoOptimization);
        }

        new CilWriter(method.GetILGenerator(), function.Cil, function.Fuel, function.Stack).Write();
    }

    /// <summary>
    /// The CLR clears a frame as it enters a method, before any check in it could run. So a method with a large frame
    /// stands behind a small one that asks for the room first.
    /// </summary>
    private MethodBuilder EmitLargeFrame(int index, MethodBuilder outer, long frame, FunctionType type, bool tailCalls)
    {
        var body = ((TypeBuilder)outer.DeclaringType!).DefineMethod(
            $"body{_module.ImportedFunctions + index}", Static, ClrTypes.Return(type), ClrTypes.Parameters(type, _instance));
        body.SetImplementationFlags(MethodImplAttributes.NoInlining);
        var il = outer.GetILGenerator();
        var anchor = il.DeclareLocal(typeof(int));
        var enough = il.DefineLabel();
        il.Emit(OpCodes.Ldloca, anchor);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldfld, Members.TargetStore);
        il.Emit(OpCodes.Ldfld, Members.StoreStackLimit);
        il.Emit(OpCodes.Ldc_I8, frame);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Bge_Un, enough);
        il.Emit(OpCodes.Call, Members.Method(typeof(Traps), nameof(Traps.HostStackExhausted)));
        il.MarkLabel(enough);
        for (var i = 0; i < type.Parameters.Length + 2; i++)
        {
            il.Emit(OpCodes.Ldarg, (short)i);
        }

        if (tailCalls)
        {
            // Otherwise each of its tail calls would leave this frame behind.
            il.Emit(OpCodes.Tailcall);
        }

        il.Emit(OpCodes.Call, body);
        il.Emit(OpCodes.Ret);
        return body;
    }

    /// <summary>
    /// Every local has a place in the frame. Without optimization so has the value of every call that waits for another, and
    /// what the JIT makes of a conversion; the rest of the instructions is charged a little for what is not known here.
    /// </summary>
    private static long FrameBound(CompiledFunction function, FunctionType type, bool fallback)
    {
        const int local = 16, call = 24, conversion = 40, other = 2;
        var instructions = function.Cil.Instructions;
        var calls = instructions.Count(i => i.Operand is CilOperand.Method or CilOperand.CallIndirect);
        var conversions = instructions.Count(i => i.Code == OpCodes.Conv_I4 || i.Code == OpCodes.Conv_U4 || i.Code == OpCodes.Conv_I8 || i.Code == OpCodes.Conv_U8);
        var rest = fallback ? instructions.Count : 0;
        return ((long)local * (function.Cil.Locals.Count + type.Parameters.Length))
            + ((long)call * calls) + ((long)conversion * conversions) + ((long)other * rest);
    }

    private void EmitConstructor()
    {
        var constructor = _instance.DefineConstructor(
            MethodAttributes.Assembly, CallingConventions.HasThis, [typeof(Store), typeof(CompiledModule)]);
        var il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Call, Members.InstanceConstructor);
        il.Emit(OpCodes.Ret);

        var create = _instance.DefineMethod(GeneratedModule.Create, Static, typeof(Instance), [typeof(Store), typeof(CompiledModule)]);
        il = create.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Newobj, constructor);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Sets the fields of globals from an array.</summary>
    private void EmitInitializer()
    {
        var method = _instance.DefineMethod(GeneratedModule.Initialize, Static, typeof(void), [typeof(Instance), typeof(WasmValue[])]);
        var il = method.GetILGenerator();
        for (var i = 0; i < _globals.Length; i++)
        {
            if (_globals[i] is { } field)
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldarg_1);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Call, Members.ValueReader(_module.Globals[i].Value));
                il.Emit(OpCodes.Stfld, field);
            }
        }

        il.Emit(OpCodes.Ret);
    }

    /// <summary>For each imported function type a method that calls a function of the host.</summary>
    private Dictionary<FunctionType, int> EmitThunks()
    {
        var tokens = new Dictionary<FunctionType, int>();
        foreach (var type in _module.Functions.Take(_module.ImportedFunctions))
        {
            if (!tokens.ContainsKey(type))
            {
                var method = _instance.DefineMethod($"host{tokens.Count}", Static, ClrTypes.Return(type), ClrTypes.Parameters(type, typeof(HostTarget)));
                HostThunk.Emit(method.GetILGenerator(), type);
                tokens.Add(type, method.MetadataToken);
            }
        }

        return tokens;
    }
}
