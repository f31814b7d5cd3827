using System.Collections.Immutable;
using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Text;

/// <summary>Translates module fields (spec 6.6) into the sections of the binary format.</summary>
internal sealed class ModuleEncoder
{
    private readonly ModuleNames _names = new();
    private readonly TypeTable _types;
    private readonly List<ByteWriter> _imports = [];
    private readonly List<uint> _functions = [];
    private readonly List<ByteWriter> _tables = [];
    private readonly List<ByteWriter> _memories = [];
    private readonly List<ByteWriter> _globals = [];
    private readonly List<ByteWriter> _exports = [];
    private readonly List<ByteWriter> _elements = [];
    private readonly List<ByteWriter> _code = [];
    private readonly List<ByteWriter> _data = [];
    private uint? _start;

    /// <summary>Index of the field at hand in its own space, counted as the names were.</summary>
    private (int Function, int Table, int Memory, int Global) _next;

    public ModuleEncoder() => _types = new TypeTable(_names.Types);

    public byte[] Encode(Cursor fields)
    {
        var nodes = new List<Node>();
        while (!fields.AtEnd)
        {
            nodes.Add(fields.Next("a module field"));
        }

        // Names and written types first: fields may refer to later ones.
        nodes.ForEach(Declare);
        foreach (var node in nodes.Where(node => node.Head == "type"))
        {
            DefineType(node);
        }

        nodes.ForEach(Field);
        return Assemble();
    }

    private void Declare(Node node)
    {
        var cursor = Cursor.After(node.Items is null ? throw node.Unexpected("a module field") : node, 1);
        if (node.Head == "import")
        {
            cursor.Name();
            cursor.Name();
            var description = cursor.Next("an import description");
            DeclareIn(description.Head, Cursor.After(description.Items is null ? throw description.Unexpected("a list") : description, 1), node, imported: true);
            return;
        }

        DeclareIn(node.Head, cursor, node, imported: false);
    }

    private void DeclareIn(string kind, Cursor cursor, Node node, bool imported)
    {
        if (Space(kind) is not { } space)
        {
            return;
        }

        space.Add(cursor.TryId(), node.Line);
        if (kind is not ("func" or "table" or "memory" or "global"))
        {
            return;
        }

        while (cursor.TryList("export", out _))
        {
        }

        var inlineImport = cursor.Peek() is { } next && next.IsList("import");
        if (!imported && !inlineImport)
        {
            _defined = true;
        }
        else if (_defined)
        {
            throw new TextSyntaxException($"unexpected token: import after a definition of a {kind}", node.Line);
        }

        DeclareInlineSegment(kind, node);
    }

    /// <summary>An inline segment is short for a field of its own that follows at once, so it takes an index.</summary>
    private void DeclareInlineSegment(string kind, Node node)
    {
        var (space, head) = kind switch
        {
            "table" => (_names.Elements, "elem"),
            "memory" => (_names.Data, "data"),
            _ => (null, ""),
        };
        if (space is not null && node.Items!.Any(item => item.IsList(head)))
        {
            space.Add(null, node.Line);
        }
    }

    /// <summary>Whether anything but imports was declared; no import may follow.</summary>
    private bool _defined;

    private IndexSpace? Space(string kind) => kind switch
    {
        "type" => _names.Types,
        "func" => _names.Functions,
        "table" => _names.Tables,
        "memory" => _names.Memories,
        "global" => _names.Globals,
        "elem" => _names.Elements,
        "data" => _names.Data,
        _ => null,
    };

    private void DefineType(Node node)
    {
        var cursor = Cursor.After(node, 1);
        cursor.TryId();
        var function = cursor.Next("(func …)");
        if (!function.IsList("func"))
        {
            throw function.Unexpected("(func …)");
        }

        var signature = Cursor.After(function, 1);
        _types.Define(TypeTable.Signature(signature, new IndexSpace("local"), out _));
        signature.ExpectEnd();
        cursor.ExpectEnd();
    }

    private void Field(Node node)
    {
        var cursor = Cursor.After(node, 1);
        switch (node.Head)
        {
            case "type":
                break;
            case "import":
                Import(cursor);
                break;
            case "func":
                Function(cursor);
                break;
            case "table":
                Table(cursor);
                break;
            case "memory":
                Memory(cursor);
                break;
            case "global":
                Global(cursor);
                break;
            case "export":
                Export(cursor);
                break;
            case "start":
                _start = _start is null ? _names.Functions.Resolve(cursor.Next("a function")) : throw node.Unexpected("one start field only");
                cursor.ExpectEnd();
                break;
            case "elem":
                Element(cursor);
                break;
            case "data":
                Data(cursor);
                break;
            default:
                throw node.Unexpected("a module field");
        }
    }

    private void Import(Cursor cursor)
    {
        var module = cursor.Name();
        var name = cursor.Name();
        var description = cursor.Next("an import description");
        cursor.ExpectEnd();
        var inner = Cursor.After(description, 1);
        inner.TryId();
        switch (description.Head)
        {
            case "func":
                _next.Function++;
                ImportFunction(module, name, inner);
                break;
            case "table":
                _next.Table++;
                Import(module, name, ExternalKind.Table).Bytes(TableType(inner));
                break;
            case "memory":
                _next.Memory++;
                Import(module, name, ExternalKind.Memory).Bytes(Limits(inner));
                break;
            case "global":
                _next.Global++;
                Import(module, name, ExternalKind.Global).Bytes(GlobalType(inner));
                break;
            default:
                throw description.Unexpected("func, table, memory or global");
        }

        inner.ExpectEnd();
    }

    private void ImportFunction(string module, string name, Cursor cursor) =>
        Import(module, name, ExternalKind.Function).U32(_types.Use(cursor, new IndexSpace("local")));

    private ByteWriter Import(string module, string name, ExternalKind kind)
    {
        var import = new ByteWriter();
        import.Name(module);
        import.Name(name);
        import.Byte((int)kind);
        _imports.Add(import);
        return import;
    }

    private void AddExport(string name, ExternalKind kind, uint index)
    {
        var export = new ByteWriter();
        export.Name(name);
        export.Byte((int)kind);
        export.U32(index);
        _exports.Add(export);
    }

    /// <summary>Reads <c>(export …)* (import …)?</c> of a field; the result is the import's names.</summary>
    private (string Module, string Name)? Inline(Cursor cursor, ExternalKind kind, int index)
    {
        cursor.TryId();
        while (cursor.TryList("export", out var export))
        {
            var inner = Cursor.After(export, 1);
            AddExport(inner.Name(), kind, (uint)index);
            inner.ExpectEnd();
        }

        if (!cursor.TryList("import", out var import))
        {
            return null;
        }

        var names = Cursor.After(import, 1);
        var result = (names.Name(), names.Name());
        names.ExpectEnd();
        return result;
    }

    private void Function(Cursor cursor)
    {
        if (Inline(cursor, ExternalKind.Function, _next.Function++) is var (module, name))
        {
            ImportFunction(module, name, cursor);
            cursor.ExpectEnd();
            return;
        }

        var locals = new IndexSpace("local");
        _functions.Add(_types.Use(cursor, locals));
        var declared = ImmutableArray.CreateBuilder<ValType>();
        while (cursor.TryList("local", out var list))
        {
            TypeTable.Declare(list, declared, locals);
        }

        var body = new ByteWriter();
        WriteLocals(body, declared);
        new InstructionEncoder(_names, _types, locals, body).Body(cursor);
        _code.Add(body);
    }

    private static void WriteLocals(ByteWriter body, IReadOnlyList<ValType> locals)
    {
        var groups = new List<(ValType Type, int Count)>();
        foreach (var type in locals)
        {
            if (groups.Count > 0 && groups[^1].Type == type)
            {
                groups[^1] = (type, groups[^1].Count + 1);
            }
            else
            {
                groups.Add((type, 1));
            }
        }

        body.U32(groups.Count);
        foreach (var (type, count) in groups)
        {
            body.U32(count);
            body.Byte((int)type);
        }
    }

    private void Table(Cursor cursor)
    {
        var index = _next.Table++;
        if (Inline(cursor, ExternalKind.Table, index) is var (module, name))
        {
            Import(module, name, ExternalKind.Table).Bytes(TableType(cursor));
            cursor.ExpectEnd();
            return;
        }

        var table = new ByteWriter();
        if (cursor.Peek() is { } node && Numbers.Unsigned(node.Text, uint.MaxValue) is null)
        {
            InlineElements(cursor, table, index);
        }
        else
        {
            table.Bytes(TableType(cursor));
        }

        cursor.ExpectEnd();
        _tables.Add(table);
    }

    private void InlineElements(Cursor cursor, ByteWriter table, int index)
    {
        var type = ReferenceType(cursor.Next("a reference type"));
        if (!cursor.TryList("elem", out var list))
        {
            throw new TextSyntaxException("unexpected token, expected (elem …)", cursor.Line);
        }

        var elements = Cursor.After(list, 1);
        var (expressions, count, items) = elements.Peek() is { Items: not null }
            ? ElementExpressions(elements)
            : ElementIndices(elements);
        table.Byte((int)type);
        table.Byte(1);
        table.U32(count);
        table.U32(count);
        _elements.Add(ActiveElements(index, ZeroOffset(), type, expressions, count, items));
    }

    private static ByteWriter ZeroOffset()
    {
        var offset = new ByteWriter();
        offset.Bytes([(byte)Opcode.I32Const, 0, (byte)Opcode.End]);
        return offset;
    }

    private void Memory(Cursor cursor)
    {
        var index = _next.Memory++;
        if (Inline(cursor, ExternalKind.Memory, index) is var (module, name))
        {
            Import(module, name, ExternalKind.Memory).Bytes(Limits(cursor));
            cursor.ExpectEnd();
            return;
        }

        var memory = new ByteWriter();
        if (cursor.TryList("data", out var list))
        {
            var strings = Cursor.After(list, 1);
            var content = strings.Strings();
            strings.ExpectEnd();
            var pages = (uint)((content.Length + 65_535) / 65_536);
            memory.Byte(1);
            memory.U32(pages);
            memory.U32(pages);
            _data.Add(ActiveData(index, ZeroOffset(), content));
        }
        else
        {
            memory.Bytes(Limits(cursor));
        }

        cursor.ExpectEnd();
        _memories.Add(memory);
    }

    private void Global(Cursor cursor)
    {
        if (Inline(cursor, ExternalKind.Global, _next.Global++) is var (module, name))
        {
            Import(module, name, ExternalKind.Global).Bytes(GlobalType(cursor));
            cursor.ExpectEnd();
            return;
        }

        var global = new ByteWriter();
        global.Bytes(GlobalType(cursor));
        Expression(cursor, global);
        _globals.Add(global);
    }

    /// <summary>A constant expression: everything up to the end of the list.</summary>
    private void Expression(Cursor cursor, ByteWriter into) =>
        new InstructionEncoder(_names, _types, new IndexSpace("local"), into).Body(cursor);

    private void FoldedExpression(Node node, ByteWriter into)
    {
        new InstructionEncoder(_names, _types, new IndexSpace("local"), into).Folded(node);
        into.Byte((int)Opcode.End);
    }

    private void Export(Cursor cursor)
    {
        var name = cursor.Name();
        var target = cursor.Next("an export description");
        cursor.ExpectEnd();
        var (space, kind) = target.Head switch
        {
            "func" => (_names.Functions, ExternalKind.Function),
            "table" => (_names.Tables, ExternalKind.Table),
            "memory" => (_names.Memories, ExternalKind.Memory),
            "global" => (_names.Globals, ExternalKind.Global),
            _ => throw target.Unexpected("func, table, memory or global"),
        };
        var inner = Cursor.After(target, 1);
        AddExport(name, kind, space.Resolve(inner.Next("an index")));
        inner.ExpectEnd();
    }

    private static ValType ReferenceType(Node node) =>
        TypeTable.ValueType(node) is var type && type.IsReference() ? type : throw node.Unexpected("a reference type");

    private static byte[] TableType(Cursor cursor)
    {
        var limits = Limits(cursor);
        return [(byte)ReferenceType(cursor.Next("a reference type")), .. limits];
    }

    private static byte[] Limits(Cursor cursor)
    {
        var limits = new ByteWriter();
        var minimum = Size(cursor.Next("a size"));
        var hasMaximum = cursor.Peek() is { Items: null, String: null } next && char.IsAsciiDigit(next.Text[0]);
        limits.Byte(hasMaximum ? 1 : 0);
        limits.U32(minimum);
        if (hasMaximum)
        {
            limits.U32(Size(cursor.Next("a size")));
        }

        return limits.ToArray();
    }

    private static uint Size(Node node) =>
        (uint)(Numbers.Unsigned(node.Text, uint.MaxValue) ?? throw new TextSyntaxException($"i32 constant out of range: {node.Text}", node.Line));

    private static byte[] GlobalType(Cursor cursor)
    {
        var node = cursor.Next("a global type");
        if (node.IsList("mut"))
        {
            return node.Items is [_, { } type] ? [(byte)TypeTable.ValueType(type), 1] : throw node.Unexpected("(mut t)");
        }

        return [(byte)TypeTable.ValueType(node), 0];
    }

    private void Element(Cursor cursor)
    {
        cursor.TryId();
        if (cursor.TryWord("declare"))
        {
            InactiveElements(cursor, 3);
            return;
        }

        var explicitTable = cursor.TryList("table", out var use);
        var table = explicitTable ? (int)_names.Tables.Resolve(Cursor.After(use!, 1).Next("a table")) : 0;
        if (Offset(cursor) is not { } offset)
        {
            if (explicitTable)
            {
                throw new TextSyntaxException("unexpected token, expected an offset", cursor.Line);
            }

            InactiveElements(cursor, 1);
            return;
        }

        var (type, (expressions, count, items)) = ElementList(cursor, legacy: true);
        _elements.Add(ActiveElements(table, offset, type, expressions, count, items));
    }

    private ByteWriter? Offset(Cursor cursor)
    {
        var offset = new ByteWriter();
        if (cursor.TryList("offset", out var list))
        {
            Expression(Cursor.After(list, 1), offset);
            return offset;
        }

        if (cursor.Peek() is not { Items: not null } node)
        {
            return null;
        }

        cursor.Next("an offset");
        FoldedExpression(node, offset);
        return offset;
    }

    private (ValType Type, (bool Expressions, int Count, ByteWriter Items) List) ElementList(Cursor cursor, bool legacy)
    {
        if (cursor.TryWord("func"))
        {
            return (ValType.FuncRef, ElementIndices(cursor));
        }

        if (cursor.Peek() is { Text: "funcref" or "externref" })
        {
            return (ReferenceType(cursor.Next("a reference type")), ElementExpressions(cursor));
        }

        return legacy
            ? (ValType.FuncRef, ElementIndices(cursor))
            : throw new TextSyntaxException("unexpected token, expected func or a reference type", cursor.Line);
    }

    private (bool Expressions, int Count, ByteWriter Items) ElementIndices(Cursor cursor)
    {
        var items = new ByteWriter();
        var count = 0;
        for (; !cursor.AtEnd; count++)
        {
            items.U32(_names.Functions.Resolve(cursor.Next("a function")));
        }

        return (false, count, items);
    }

    private (bool Expressions, int Count, ByteWriter Items) ElementExpressions(Cursor cursor)
    {
        var items = new ByteWriter();
        var count = 0;
        for (; !cursor.AtEnd; count++)
        {
            var node = cursor.Next("an element");
            if (node.IsList("item"))
            {
                Expression(Cursor.After(node, 1), items);
            }
            else
            {
                FoldedExpression(node.Items is null ? throw node.Unexpected("an expression") : node, items);
            }
        }

        return (true, count, items);
    }

    private void InactiveElements(Cursor cursor, int flags)
    {
        var (type, (expressions, count, items)) = ElementList(cursor, legacy: false);
        var segment = new ByteWriter();
        segment.Byte(flags | (expressions ? 4 : 0));
        segment.Byte(expressions ? (int)type : 0);
        segment.U32(count);
        segment.Bytes(items.ToArray());
        _elements.Add(segment);
    }

    private static ByteWriter ActiveElements(int table, ByteWriter offset, ValType type, bool expressions, int count, ByteWriter items)
    {
        var segment = new ByteWriter();
        var longForm = table != 0 || type != ValType.FuncRef;
        segment.Byte((longForm ? 2 : 0) | (expressions ? 4 : 0));
        if (longForm)
        {
            segment.U32(table);
        }

        segment.Bytes(offset.ToArray());
        if (longForm)
        {
            segment.Byte(expressions ? (int)type : 0);
        }

        segment.U32(count);
        segment.Bytes(items.ToArray());
        return segment;
    }

    private void Data(Cursor cursor)
    {
        cursor.TryId();
        var memory = cursor.TryList("memory", out var use) ? (int)_names.Memories.Resolve(Cursor.After(use, 1).Next("a memory")) : 0;
        var offset = Offset(cursor);
        var content = cursor.Strings();
        cursor.ExpectEnd();
        if (offset is null)
        {
            var segment = new ByteWriter();
            segment.Byte(1);
            segment.U32(content.Length);
            segment.Bytes(content);
            _data.Add(segment);
            return;
        }

        _data.Add(ActiveData(memory, offset, content));
    }

    private static ByteWriter ActiveData(int memory, ByteWriter offset, byte[] content)
    {
        var segment = new ByteWriter();
        segment.Byte(memory == 0 ? 0 : 2);
        if (memory != 0)
        {
            segment.U32(memory);
        }

        segment.Bytes(offset.ToArray());
        segment.U32(content.Length);
        segment.Bytes(content);
        return segment;
    }

    private byte[] Assemble()
    {
        var module = new ByteWriter();
        module.Bytes([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);
        Section(module, 1, [.. _types.Types.Select(TypeEntry)]);
        Section(module, 2, _imports);
        Section(module, 3, [.. _functions.Select(IndexEntry)]);
        Section(module, 4, _tables);
        Section(module, 5, _memories);
        Section(module, 6, _globals);
        Section(module, 7, _exports);
        if (_start is { } start)
        {
            module.Byte(8);
            module.Sized(IndexEntry(start));
        }

        Section(module, 9, _elements);
        // Code may name data segments, and then needs the count even if it is zero.
        module.Byte(12);
        module.Sized(IndexEntry((uint)_data.Count));

        Section(module, 10, [.. _code.Select(SizedEntry)]);
        Section(module, 11, _data);
        return module.ToArray();
    }

    private static void Section(ByteWriter module, int id, List<ByteWriter> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var section = new ByteWriter();
        section.U32(entries.Count);
        entries.ForEach(entry => section.Bytes(entry.ToArray()));
        module.Byte(id);
        module.Sized(section);
    }

    private static ByteWriter IndexEntry(uint index)
    {
        var entry = new ByteWriter();
        entry.U32(index);
        return entry;
    }

    private static ByteWriter SizedEntry(ByteWriter content)
    {
        var entry = new ByteWriter();
        entry.Sized(content);
        return entry;
    }

    private static ByteWriter TypeEntry(FunctionType type)
    {
        var entry = new ByteWriter();
        entry.Byte(0x60);
        foreach (var list in (ImmutableArray<ValType>[])[type.Parameters, type.Results])
        {
            entry.U32(list.Length);
            foreach (var item in list)
            {
                entry.Byte((int)item);
            }
        }

        return entry;
    }
}
