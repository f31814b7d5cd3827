using System.Reflection;
using System.Reflection.Emit;
using PluginHost.Wasm.Runtime;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// Builds what all instances of a module need: the class that holds their globals, and the ways to functions of the host.
/// The assembly is collectible, like those of the functions (<see cref="FunctionLoader"/>).
/// </summary>
internal sealed class ModuleCompiler
{
    /// <summary>The one assembly name that may see the engine's internals.</summary>
    public const string AssemblyName = "PluginHost.Wasm.Generated";

    /// <summary>Globals beyond this number live in cells: a class holds only so many fields.</summary>
    private const int MaxFields = 2_000;

    private const MethodAttributes Static = MethodAttributes.Static | MethodAttributes.Assembly;

    private readonly WasmModule _module;
    private readonly CompilationOptions _options;
    private readonly TypeBuilder _instance;
    private readonly FieldInfo?[] _globals;

    public ModuleCompiler(WasmModule module, CompilationOptions options)
    {
        _module = module;
        _options = options;
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName(AssemblyName), AssemblyBuilderAccess.RunAndCollect);

        // Functions live in assemblies of their own, hence public.
        _instance = assembly.DefineDynamicModule("module").DefineType("Instance", TypeAttributes.Public | TypeAttributes.Sealed, typeof(Instance));
        _globals = DefineGlobals();
    }

    public GeneratedModule Compile()
    {
        EmitConstructor();
        EmitInitializer();
        var thunks = EmitThunks();
        var instance = _instance.CreateType();
        return new GeneratedModule(
            instance,
            [.. _globals.Select(field => field is null ? null : instance.GetField(field.Name))],
            thunks.ToDictionary(thunk => thunk.Key, thunk => instance.GetMethod(thunk.Value, BindingFlags.Static | BindingFlags.NonPublic)!.MethodHandle.GetFunctionPointer()));
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
                fields[i] = _instance.DefineField($"g{i}", ClrTypes.Of(type.Value), FieldAttributes.Public);
            }
        }

        return fields;
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
    private Dictionary<FunctionType, string> EmitThunks()
    {
        var names = new Dictionary<FunctionType, string>();
        foreach (var type in _module.Functions.Take(_module.ImportedFunctions))
        {
            if (!names.ContainsKey(type))
            {
                var method = _instance.DefineMethod($"host{names.Count}", Static, ClrTypes.Return(type), ClrTypes.Parameters(type, typeof(HostTarget)));
                HostThunk.Emit(method.GetILGenerator(), type, _options.Metering);
                names.Add(type, method.Name);
            }
        }

        return names;
    }
}
