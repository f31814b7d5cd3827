namespace PluginHost.Wasm.Validation;

/// <summary>The function types of blocks whose type is written without an index (spec 3.2.3).</summary>
internal static class BlockTypes
{
    private static readonly FunctionType Empty = new([], []);

    private static readonly Dictionary<long, FunctionType> Single =
        new[] { ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef }
            .ToDictionary(type => (long)(sbyte)((byte)type | 0x80), type => new FunctionType([], [type]));

    public static FunctionType? Find(long encoded, FunctionType[] types) => encoded switch
    {
        -64 => Empty,
        >= 0 => encoded < types.Length ? types[encoded] : null,
        _ => Single.GetValueOrDefault(encoded),
    };
}
