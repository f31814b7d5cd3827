using System.Collections.Immutable;

namespace PluginHost.Wasm.Binary;

/// <summary>Decodes the sections of a module (spec 5.5). Index ranges and types are the validator's matter.</summary>
internal ref struct ModuleDecoder
{
    private const int CustomId = 0;
    private const int DataCountId = 12;

    private readonly WasmModule _module;
    private readonly WasmLimits _limits;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly List<CustomSection> _custom = [];
    private readonly List<ModuleImport> _imports = [];
    private readonly List<ModuleExport> _exports = [];
    private readonly List<FunctionType> _functions = [];
    private readonly List<TableType> _tables = [];
    private readonly List<MemoryType> _memories = [];
    private readonly List<GlobalType> _globals = [];
    private readonly Instruction _instruction = new();
    private WasmReader _reader;
    private int _declared;
    private int _elements;

    private ModuleDecoder(WasmModule module, WasmLimits limits)
    {
        _module = module;
        _limits = limits;
        _bytes = module.Bytes.Span;
        _reader = new WasmReader(_bytes, 0, _bytes.Length);
    }

    public static WasmModule Decode(ReadOnlyMemory<byte> bytes, WasmLimits limits)
    {
        if (bytes.Length > limits.ModuleBytes)
        {
            throw new WasmLimitException(nameof(WasmLimits.ModuleBytes), bytes.Length, limits.ModuleBytes);
        }

        var module = new WasmModule(bytes, limits);
        var decoder = new ModuleDecoder(module, limits);
        decoder.Header();
        decoder.Sections();
        return module;
    }

    private void Header()
    {
        if (_bytes.Length < 4 || !_bytes[..4].SequenceEqual("\0asm"u8))
        {
            throw new WasmMalformedException("magic header not detected", 0);
        }

        if (_bytes.Length < 8)
        {
            throw new WasmMalformedException("unexpected end", _bytes.Length);
        }

        // Bytes 6 and 7 tell the layer: 0 is a module, 1 a component, of whatever version.
        if (_bytes[6..8].SequenceEqual((ReadOnlySpan<byte>)[1, 0]))
        {
            throw new WasmUnsupportedException("component-model", 4);
        }

        if (!_bytes[4..8].SequenceEqual((ReadOnlySpan<byte>)[1, 0, 0, 0]))
        {
            throw new WasmMalformedException("unknown binary version", 4);
        }

        _reader.Bytes(8);
    }

    private void Sections()
    {
        var last = 0;
        var whole = _reader;
        while (!whole.AtEnd)
        {
            var at = whole.Position;
            var id = whole.Byte();
            var size = whole.Length("section");
            _reader = new WasmReader(_bytes, whole.Position, whole.Position + size);
            whole.Bytes(size);
            if (id == CustomId)
            {
                Custom();
                continue;
            }

            var order = Order(id, at);
            if (order <= last)
            {
                throw new WasmMalformedException("unexpected content after last section", at);
            }

            last = order;
            Section(id);
            if (!_reader.AtEnd)
            {
                throw _reader.Malformed("section size mismatch");
            }
        }

        Finish();
    }

    /// <summary>Sections stand in the order of their ids, except that the data count precedes the code.</summary>
    private static int Order(byte id, int at) => id switch
    {
        <= 9 => id * 2,
        10 => 22,
        11 => 24,
        DataCountId => 20,
        13 => throw new WasmUnsupportedException("exception-handling", at),
        _ => throw new WasmMalformedException($"malformed section id {id}", at),
    };

    private void Section(byte id)
    {
        switch (id)
        {
            case 1: TypeSection(); break;
            case 2: ImportSection(); break;
            case 3: FunctionSection(); break;
            case 4: TableSection(); break;
            case 5: MemorySection(); break;
            case 6: GlobalSection(); break;
            case 7: ExportSection(); break;
            case 8: _module.Start = Index(); break;
            case 9: ElementSection(); break;
            case 10: CodeSection(); break;
            case 11: DataSection(); break;
            default: _module.DataCount = _reader.Count(nameof(WasmLimits.Segments), _limits.Segments, 0); break;
        }
    }

    private readonly void Finish()
    {
        if (_declared != _module.Bodies.Length)
        {
            throw new WasmMalformedException("function and code section have inconsistent lengths");
        }

        if (_module.DataCount is { } count && count != _module.Data.Length)
        {
            throw new WasmMalformedException("data count and data section have inconsistent lengths");
        }

        _module.Imports = [.. _imports];
        _module.Exports = [.. _exports];
        _module.CustomSections = [.. _custom];
        _module.Functions = [.. _functions];
        _module.Tables = [.. _tables];
        _module.Memories = [.. _memories];
        _module.Globals = [.. _globals];
    }

    private void Custom()
    {
        if (_custom.Count >= _limits.CustomSections)
        {
            throw new WasmLimitException(nameof(WasmLimits.CustomSections), _custom.Count + 1, _limits.CustomSections, _reader.Position);
        }

        var name = _reader.Name(_limits.NameBytes);
        _custom.Add(new CustomSection(name, _module.Bytes.Slice(_reader.Position, _reader.Remaining)));
    }

    private void TypeSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Types), _limits.Types, 3);
        var known = new Dictionary<FunctionType, FunctionType>();
        var types = new List<FunctionType>();
        for (var i = 0; i < count; i++)
        {
            var at = _reader.Position;
            var form = _reader.Byte();
            if (form is 0x5F or 0x5E or 0x50 or 0x4F or 0x4E)
            {
                throw new WasmUnsupportedException("gc", at);
            }

            if (form != 0x60)
            {
                throw new WasmMalformedException("malformed function type", at);
            }

            var parameters = ValueTypes(nameof(WasmLimits.Parameters), _limits.Parameters);
            var type = new FunctionType(parameters, ValueTypes(nameof(WasmLimits.Results), _limits.Results));
            if (!known.TryGetValue(type, out var canonical))
            {
                known.Add(type, canonical = type);
            }

            types.Add(canonical);
        }

        _module.Types = [.. types];
    }

    private ImmutableArray<ValType> ValueTypes(string limit, int max)
    {
        var count = _reader.Count(limit, max);
        var types = ImmutableArray.CreateBuilder<ValType>(Math.Min(count, _reader.Remaining));
        for (var i = 0; i < count; i++)
        {
            types.Add(_reader.ValueType());
        }

        return types.DrainToImmutable();
    }

    private void ImportSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Imports), _limits.Imports, 4);
        for (var i = 0; i < count; i++)
        {
            var module = _reader.Name(_limits.NameBytes);
            var name = _reader.Name(_limits.NameBytes);
            var kind = _reader.Byte();
            _imports.Add(kind switch
            {
                0 => new ModuleImport(module, name, ExternalKind.Function, Function: Added(_functions, TypeAt(_reader.U32()))),
                1 => new ModuleImport(module, name, ExternalKind.Table, Table: Added(_tables, Table())),
                2 => new ModuleImport(module, name, ExternalKind.Memory, Memory: Added(_memories, Memory())),
                3 => new ModuleImport(module, name, ExternalKind.Global, Global: Added(_globals, Global())),
                4 => throw new WasmUnsupportedException("exception-handling", _reader.Position - 1),
                _ => throw _reader.Malformed("malformed import kind"),
            });
        }
    }

    private static T Added<T>(List<T> list, T item)
    {
        list.Add(item);
        return item;
    }

    private void FunctionSection()
    {
        _declared = _reader.Count(nameof(WasmLimits.Functions), _limits.Functions - _functions.Count);
        for (var i = 0; i < _declared; i++)
        {
            _functions.Add(TypeAt(_reader.U32()));
        }
    }

    private readonly FunctionType TypeAt(uint index) =>
        index < (uint)_module.Types.Length
            ? _module.Types[index]
            : throw new WasmInvalidException($"unknown type {index}", _reader.Position);

    private void TableSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Tables), _limits.Tables - _tables.Count, 3);
        for (var i = 0; i < count; i++)
        {
            _tables.Add(Table());
        }
    }

    private TableType Table()
    {
        const byte initialized = 0x40;
        return _reader.PeekByte() == initialized
            ? throw new WasmUnsupportedException("function-references", _reader.Position)
            : new(_reader.ReferenceType(), Range());
    }

    private void MemorySection()
    {
        var count = _reader.Count(nameof(WasmLimits.Memories), _limits.Memories - _memories.Count, 2);
        for (var i = 0; i < count; i++)
        {
            _memories.Add(Memory());
        }
    }

    private MemoryType Memory() => new(Range());

    private Limits Range()
    {
        var at = _reader.Position;
        return _reader.Byte() switch
        {
            0 => new Limits(_reader.U32(), null),
            1 => new Limits(_reader.U32(), _reader.U32()),
            2 or 3 => throw new WasmUnsupportedException("threads", at),
            >= 4 and <= 7 => throw new WasmUnsupportedException("memory64", at),
            _ => throw new WasmMalformedException("malformed limits flags", at),
        };
    }

    private void GlobalSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Globals), _limits.Globals - _globals.Count, 3);
        var defined = new List<GlobalDefinition>();
        for (var i = 0; i < count; i++)
        {
            var type = Global();
            _globals.Add(type);
            defined.Add(new GlobalDefinition(type, Expression()));
        }

        _module.DefinedGlobals = [.. defined];
    }

    private GlobalType Global()
    {
        var type = _reader.ValueType();
        return _reader.Byte() switch
        {
            0 => new GlobalType(type, false),
            1 => new GlobalType(type, true),
            _ => throw _reader.Malformed("malformed mutability"),
        };
    }

    private void ExportSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Exports), _limits.Exports, 3);
        for (var i = 0; i < count; i++)
        {
            var name = _reader.Name(_limits.NameBytes);
            var kind = _reader.Byte();
            if (kind == 4)
            {
                throw new WasmUnsupportedException("exception-handling", _reader.Position - 1);
            }

            if (kind > 4)
            {
                throw _reader.Malformed("malformed export kind");
            }

            _exports.Add(new ModuleExport(name, (ExternalKind)kind, Index()));
        }
    }

    /// <summary>An index too large for an array is out of every range; the validator reports it as such.</summary>
    private int Index() => (int)Math.Min(_reader.U32(), int.MaxValue);

    private void ElementSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Segments), _limits.Segments, 2);
        var segments = new List<ElementSegment>();
        for (var i = 0; i < count; i++)
        {
            segments.Add(Element());
        }

        _module.Elements = [.. segments];
    }

    private ElementSegment Element()
    {
        // Bit 0: passive or declarative; bit 1: explicit table, or declarative; bit 2: expressions (spec 5.5.12).
        var flags = _reader.U32();
        if (flags > 7)
        {
            throw _reader.Malformed("malformed elements segment kind");
        }

        var active = (flags & 1) == 0;
        var mode = active ? SegmentMode.Active : (flags & 2) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        var table = active && (flags & 2) != 0 ? Index() : 0;
        var offset = active ? Expression() : default;
        var type = ValType.FuncRef;
        var expressions = (flags & 4) != 0;
        if ((flags & 3) != 0)
        {
            if (expressions)
            {
                type = _reader.ReferenceType();
            }
            else if (_reader.Byte() != 0)
            {
                throw _reader.Malformed("malformed element kind");
            }
        }

        var count = _reader.Count(nameof(WasmLimits.SegmentElements), _limits.SegmentElements - _elements);
        _elements += count;
        return expressions
            ? new ElementSegment(mode, type, table, offset, null, Expressions(count))
            : new ElementSegment(mode, type, table, offset, Indices(count), null);
    }

    private ByteRange[] Expressions(int count)
    {
        var expressions = new List<ByteRange>();
        for (var i = 0; i < count; i++)
        {
            expressions.Add(Expression());
        }

        return [.. expressions];
    }

    private int[] Indices(int count)
    {
        var indices = new List<int>();
        for (var i = 0; i < count; i++)
        {
            indices.Add(Index());
        }

        return [.. indices];
    }

    private ByteRange Expression()
    {
        var start = _reader.Position;
        for (var depth = 1; depth > 0;)
        {
            InstructionReader.Read(ref _reader, _instruction, _limits);
            depth += _instruction.Code switch
            {
                Opcode.Block or Opcode.Loop or Opcode.If => 1,
                Opcode.End => -1,
                _ => 0,
            };
        }

        return new ByteRange(start, _reader.Position);
    }

    private void CodeSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Functions), _limits.Functions, 2);
        if (count != _declared)
        {
            throw _reader.Malformed("function and code section have inconsistent lengths");
        }

        var bodies = new FunctionBody[count];
        var imported = _functions.Count - _declared;
        for (var i = 0; i < count; i++)
        {
            var size = _reader.Length("function body");
            if (size > _limits.FunctionBytes)
            {
                throw new WasmLimitException(nameof(WasmLimits.FunctionBytes), size, _limits.FunctionBytes, _reader.Position);
            }

            var start = _reader.Position;
            _reader.Bytes(size);
            bodies[i] = new FunctionBody(_functions[imported + i], new ByteRange(start, start + size));
        }

        _module.Bodies = bodies;
    }

    private void DataSection()
    {
        var count = _reader.Count(nameof(WasmLimits.Segments), _limits.Segments, 2);
        var segments = new List<DataSegment>();
        for (var i = 0; i < count; i++)
        {
            var flags = _reader.U32();
            if (flags > 2)
            {
                throw _reader.Malformed("malformed data segment kind");
            }

            var memory = flags == 2 ? Index() : 0;
            var offset = flags == 1 ? default : Expression();
            var length = _reader.Length("data segment");
            var start = _reader.Position;
            _reader.Bytes(length);
            segments.Add(new DataSegment(
                flags == 1 ? SegmentMode.Passive : SegmentMode.Active, memory, offset, new ByteRange(start, start + length)));
        }

        _module.Data = [.. segments];
    }
}
