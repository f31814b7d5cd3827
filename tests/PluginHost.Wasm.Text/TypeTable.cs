using System.Collections.Immutable;

namespace PluginHost.Wasm.Text;

/// <summary>Function types of a module: the written ones, then those that type uses imply (spec 6.4.3, 6.6.3).</summary>
internal sealed class TypeTable(IndexSpace names)
{
    private readonly List<FunctionType> _types = [];

    public IReadOnlyList<FunctionType> Types => _types;

    public void Define(FunctionType type) => _types.Add(type);

    public FunctionType? Find(uint index) => index < (uint)_types.Count ? _types[(int)index] : null;

    public uint Implied(FunctionType type)
    {
        var index = _types.IndexOf(type);
        if (index < 0)
        {
            index = _types.Count;
            _types.Add(type);
        }

        return (uint)index;
    }

    /// <summary>Reads <c>(type x)? (param …)* (result …)*</c>.</summary>
    /// <param name="cursor">Where it stands.</param>
    /// <param name="locals">Receives the parameters with their names; null where names are not allowed.</param>
    public uint Use(Cursor cursor, IndexSpace? locals)
    {
        uint? index = cursor.TryList("type", out var use) ? names.Resolve(Single(use)) : null;
        var line = cursor.Line;
        var inline = Signature(cursor, locals, out var written);
        if (index is not { } known)
        {
            return Implied(inline);
        }

        var type = Find(known);
        if (written && type is not null && !type.Equals(inline))
        {
            throw new TextSyntaxException("inline function type does not match the type used", line);
        }

        if (written && type is null)
        {
            throw new TextSyntaxException($"unknown type {known}", line);
        }

        if (!written && locals is not null)
        {
            foreach (var _ in type?.Parameters ?? [])
            {
                locals.Add(null, line);
            }
        }

        return known;
    }

    public static FunctionType Signature(Cursor cursor, IndexSpace? locals, out bool written)
    {
        var parameters = ImmutableArray.CreateBuilder<ValType>();
        var results = ImmutableArray.CreateBuilder<ValType>();
        written = false;
        while (cursor.TryList("param", out var list))
        {
            written = true;
            Declare(list, parameters, locals);
        }

        while (cursor.TryList("result", out var list))
        {
            written = true;
            Declare(list, results, null);
        }

        return new FunctionType(parameters.DrainToImmutable(), results.DrainToImmutable());
    }

    /// <summary>Reads the content of <c>(param …)</c>, <c>(result …)</c> or <c>(local …)</c>.</summary>
    public static void Declare(Node list, ImmutableArray<ValType>.Builder types, IndexSpace? names)
    {
        var cursor = Cursor.After(list, 1);
        if (names is not null && cursor.TryId() is { } id)
        {
            types.Add(ValueType(cursor.Next("a value type")));
            names.Add(id, list.Line);
            cursor.ExpectEnd();
            return;
        }

        while (!cursor.AtEnd)
        {
            types.Add(ValueType(cursor.Next("a value type")));
            names?.Add(null, list.Line);
        }
    }

    public static ValType ValueType(Node node) => node.Text switch
    {
        "i32" => ValType.I32,
        "i64" => ValType.I64,
        "f32" => ValType.F32,
        "f64" => ValType.F64,
        "v128" => ValType.V128,
        "funcref" => ValType.FuncRef,
        "externref" => ValType.ExternRef,
        _ => throw node.Unexpected("a value type"),
    };

    private static Node Single(Node use) => use.Items is [_, { } only] ? only : throw use.Unexpected("(type x)");
}
