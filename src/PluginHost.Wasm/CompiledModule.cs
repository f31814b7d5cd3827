using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using PluginHost.Wasm.Compilation;

namespace PluginHost.Wasm;

/// <summary>A module as code. Immutable; many threads may make instances of it.</summary>
public sealed class CompiledModule
{
    private static readonly ConditionalWeakTable<Assembly, CompiledModule> Assemblies = [];
    private readonly GeneratedModule _generated;
    private readonly Func<Store, CompiledModule, Instance> _create;
    private readonly Action<Instance, WasmValue[]> _initialize;
    private readonly bool[] _cells;

    private CompiledModule(WasmModule module, GeneratedModule generated, CompilationOptions options)
    {
        Module = module;
        Metering = options.Metering;
        Functions = new FunctionLoader(module, generated, options) { AssemblyMade = assembly => Assemblies.TryAdd(assembly, this) };
        _generated = generated;
        Exports = module.Exports.ToDictionary(export => export.Name, StringComparer.Ordinal);
        MaxResults = module.Types.Append(new FunctionType([], [])).Max(type => type.Results.Length);
        _cells = [.. generated.GlobalFields.Select(field => field is null)];
        foreach (var export in module.Exports.Where(export => export.Kind == ExternalKind.Global))
        {
            _cells[export.Index] = true;
        }

        _create = Bind<Func<Store, CompiledModule, Instance>>(GeneratedModule.Create);
        _initialize = Bind<Action<Instance, WasmValue[]>>(GeneratedModule.Initialize);
    }

    /// <summary>What was compiled.</summary>
    public WasmModule Module { get; }

    /// <summary>Whether its code charges fuel.</summary>
    internal bool Metering { get; }

    /// <summary>Its functions, compiled as they are called.</summary>
    internal FunctionLoader Functions { get; }

    internal IReadOnlyDictionary<string, ModuleExport> Exports { get; }

    internal int MaxResults { get; }

    /// <summary>Prepares a module to run. Each function is compiled, to CIL and to machine code, when it is first called.</summary>
    /// <param name="module">The module.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="PlatformNotSupportedException">The process cannot generate code, for instance under ahead-of-time compilation.</exception>
    [RequiresDynamicCode("WebAssembly is compiled to CIL at run time.")]
    public static CompiledModule Compile(WasmModule module, CompilationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw new PlatformNotSupportedException("this process cannot generate code");
        }

        cancellation.ThrowIfCancellationRequested();
        options ??= new CompilationOptions();
        return new CompiledModule(module, new ModuleCompiler(module, options).Compile(), options);
    }

    /// <summary>The guest function that a method is, if it is one.</summary>
    internal static WasmFrame? FrameOf(MethodBase method)
    {
        if (!method.Name.StartsWith('f') || !Assemblies.TryGetValue(method.Module.Assembly, out var module))
        {
            return null;
        }

        return int.TryParse(method.Name.AsSpan(1), System.Globalization.NumberStyles.None, null, out var index)
            ? new WasmFrame(index, module.Module.Names.Find(index))
            : null;
    }

    internal Instance CreateInstance(Store store) => _create(store, this);

    internal void InitializeGlobals(Instance instance, WasmValue[] values) => _initialize(instance, values);

    /// <summary>Whether a global lives in a cell of its own, besides its field or instead of it.</summary>
    internal bool HasCell(int global) => _cells[global];

    internal nint HostThunk(FunctionType type) => _generated.HostThunks[type];

    private T Bind<T>(string name)
        where T : Delegate =>
        _generated.InstanceType.GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<T>();
}
