using System.Reflection;

namespace PluginHost.Wasm.Runtime;

/// <summary>Every member of the engine that compiled code touches. What is not here, it cannot reach.</summary>
internal static class Members
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static readonly FieldInfo FunctionTarget = Field<WasmFunction>(nameof(WasmFunction.Target));
    public static readonly FieldInfo FunctionCode = Field<WasmFunction>(nameof(WasmFunction.Code));
    public static readonly FieldInfo FunctionTypeId = Field<WasmFunction>(nameof(WasmFunction.TypeId));
    public static readonly FieldInfo TargetStore = Field<CallTarget>(nameof(CallTarget.Store));
    public static readonly FieldInfo HostTyped = Field<HostTarget>(nameof(HostTarget.Typed));
    public static readonly MethodInfo AsDelegate = typeof(System.Runtime.CompilerServices.Unsafe).GetMethods().Single(method => method.Name == "As" && method.GetGenericArguments().Length == 1);
    public static readonly MethodInfo HostEnterMetered = Method(typeof(HostTarget), nameof(HostTarget.EnterMetered));
    public static readonly MethodInfo HostEnter = Method(typeof(HostTarget), nameof(HostTarget.Enter));
    public static readonly MethodInfo HostCall = Method(typeof(HostTarget), nameof(HostTarget.Call));
    public static readonly MethodInfo StoreBegin = Method(typeof(Store), nameof(Store.Begin));
    public static readonly MethodInfo StoreDepth = Method(typeof(Store), nameof(Store.Depth));
    public static readonly MethodInfo StoreEnd = Method(typeof(Store), nameof(Store.End));
    public static readonly FieldInfo StoreFuel = Field<Store>(nameof(Store.FuelLeft));
    public static readonly FieldInfo StoreFuelFloor = Field<Store>(nameof(Store.FuelFloor));
    public static readonly FieldInfo StoreZero = Field<Store>(nameof(Store.Zero));
    public static readonly FieldInfo StoreWideZero = Field<Store>(nameof(Store.WideZero));
    public static readonly FieldInfo StoreStackLimit = Field<Store>(nameof(Store.StackLimit));
    public static readonly FieldInfo InstanceMemory = Field<Instance>(nameof(Instance.Memory0));
    public static readonly FieldInfo InstanceMemoryBase = Field<Instance>(nameof(Instance.Memory0Base));
    public static readonly FieldInfo InstanceMemories = Field<Instance>(nameof(Instance.Memories));
    public static readonly FieldInfo InstanceTable = Field<Instance>(nameof(Instance.Table0));
    public static readonly FieldInfo InstanceTables = Field<Instance>(nameof(Instance.Tables));
    public static readonly FieldInfo InstanceImports = Field<Instance>(nameof(Instance.ImportedFunctions));
    public static readonly FieldInfo InstanceCallee = Field<Instance>(nameof(Instance.Callee));
    public static readonly MethodInfo LoadCallee = Method(typeof(Instance), nameof(Instance.LoadCallee));
    public static readonly MethodInfo LoadElement = Method(typeof(WasmFunction), nameof(WasmFunction.LoadElement));
    public static readonly FieldInfo InstanceCells = Field<Instance>(nameof(Instance.Globals));
    public static readonly ConstructorInfo InstanceConstructor = typeof(Instance).GetConstructors(Any)[0];
    public static readonly FieldInfo MemoryBase = Field<WasmMemory>(nameof(WasmMemory.Base));
    public static readonly FieldInfo MemoryLength = Field<WasmMemory>(nameof(WasmMemory.Length));
    public static readonly FieldInfo TableFunctions = Field<WasmTable>(nameof(WasmTable.Functions));
    public static readonly FieldInfo GlobalBits = Field<WasmGlobal>(nameof(WasmGlobal.Bits));
    public static readonly FieldInfo GlobalVector = Field<WasmGlobal>(nameof(WasmGlobal.Vector));
    public static readonly FieldInfo GlobalReference = Field<WasmGlobal>(nameof(WasmGlobal.Reference));

    public static FieldInfo Field<T>(string name) =>
        typeof(T).GetField(name, Any) ?? throw new MissingFieldException(typeof(T).Name, name);

    public static MethodInfo Method(Type type, string name, params Type[] parameters) =>
        (parameters.Length == 0 ? type.GetMethod(name, Any) : type.GetMethod(name, Any, parameters))
        ?? throw new MissingMethodException(type.Name, name);

    /// <summary>The function of a vector instruction: <c>i8x16.add_sat_s</c> is <c>I8x16AddSatS</c>.</summary>
    public static MethodInfo Vector(string instruction) => Method(
        typeof(Vectors), string.Concat(instruction.Split('.', '_').Select(part => char.ToUpperInvariant(part[0]) + part[1..])));

    public static MethodInfo ValueReader(ValType type) => Method(typeof(Marshalling), "Read" + Suffix(type));

    public static MethodInfo ValueWriter(ValType type) => Method(typeof(Marshalling), "Write" + Suffix(type));

    public static MethodInfo ScratchReader(ValType type) => Method(typeof(Marshalling), "Take" + Suffix(type));

    public static MethodInfo ScratchWriter(ValType type) => Method(typeof(Marshalling), "Put" + Suffix(type));

    private static string Suffix(ValType type) => type switch
    {
        ValType.FuncRef => "Function",
        ValType.ExternRef => "External",
        _ => type.ToString(),
    };
}
