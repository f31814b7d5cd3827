using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Text;

/// <summary>Translates instructions, plain and folded (spec 6.5), into the binary format.</summary>
internal sealed class InstructionEncoder(ModuleNames names, TypeTable types, IndexSpace locals, ByteWriter code)
{
    /// <summary>Labels of the open blocks, innermost last; null for a block without one.</summary>
    private readonly List<string?> _labels = [];

    /// <summary>For plain blocks, whether it is an <c>if</c> that may still take its <c>else</c>.</summary>
    private readonly Stack<bool> _plain = new();

    /// <summary>Encodes everything up to the end of the list, and the final <c>end</c>.</summary>
    public void Body(Cursor cursor)
    {
        _labels.Add(null);
        Sequence(cursor);
        if (_plain.Count > 0)
        {
            throw new TextSyntaxException("unexpected end: a block is not closed", cursor.Line);
        }

        code.Byte((int)Opcode.End);
    }

    private void Sequence(Cursor cursor)
    {
        var depth = _plain.Count;
        while (!cursor.AtEnd)
        {
            var node = cursor.Next("an instruction");
            if (node.Items is null)
            {
                Plain(node, cursor, depth);
            }
            else
            {
                Folded(node);
            }
        }

        if (_plain.Count != depth)
        {
            throw new TextSyntaxException("unexpected end: a block is not closed", cursor.Line);
        }
    }

    /// <summary>One folded instruction: operands first, then the instruction itself.</summary>
    public void Folded(Node node)
    {
        var cursor = Cursor.After(node, 1);
        switch (node.Head)
        {
            case "block" or "loop":
                Open(node.Items![0], cursor);
                Sequence(cursor);
                Close();
                return;
            case "if":
                FoldedIf(node, cursor);
                return;
        }

        var keyword = node.Items is [{ Items: null, String: null } first, ..] ? first : throw node.Unexpected("an instruction");
        var info = Find(keyword);

        // Immediates stand before the operands in the text and after them in the binary.
        var own = new ByteWriter();
        new InstructionEncoder(names, types, locals, own).WithLabels(_labels).Instruction(info, keyword, cursor);
        while (!cursor.AtEnd)
        {
            var operand = cursor.Next("an operand");
            if (operand.Items is null)
            {
                throw operand.Unexpected("a folded instruction");
            }

            Folded(operand);
        }

        code.Bytes(own.ToArray());
    }

    private InstructionEncoder WithLabels(List<string?> labels)
    {
        _labels.AddRange(labels);
        return this;
    }

    private void FoldedIf(Node node, Cursor cursor)
    {
        var header = new ByteWriter();
        var inner = new InstructionEncoder(names, types, locals, header).WithLabels(_labels);
        inner.Open(node.Items![0], cursor);
        while (cursor.Peek() is { Items: not null, Head: not "then" } condition)
        {
            cursor.Next("a condition");
            Folded(condition);
        }

        code.Bytes(header.ToArray());
        _labels.Add(inner._labels[^1]);
        if (!cursor.TryList("then", out var then))
        {
            throw node.Unexpected("(then …)");
        }

        Sequence(Cursor.After(then, 1));
        if (cursor.TryList("else", out var otherwise))
        {
            var arm = Cursor.After(otherwise, 1);
            if (!arm.AtEnd)
            {
                code.Byte((int)Opcode.Else);
                Sequence(arm);
            }
        }

        cursor.ExpectEnd();
        Close();
    }

    private void Open(Node keyword, Cursor cursor)
    {
        code.Byte((int)Find(keyword).Code);
        var label = cursor.TryId();
        BlockType(cursor);
        _labels.Add(label);
    }

    private void Close()
    {
        code.Byte((int)Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    private void BlockType(Cursor cursor)
    {
        if (cursor.Peek() is { } use && use.IsList("type"))
        {
            code.S64(types.Use(cursor, null));
            return;
        }

        var type = TypeTable.Signature(cursor, null, out _);
        switch (type)
        {
            case { Parameters: [], Results: [] }:
                code.Byte(0x40);
                break;
            case { Parameters: [], Results: [var single] }:
                code.Byte((int)single);
                break;
            default:
                code.S64(types.Implied(type));
                break;
        }
    }

    private void Plain(Node keyword, Cursor cursor, int depth)
    {
        switch (keyword.Text)
        {
            case "block" or "loop" or "if":
                Open(keyword, cursor);
                _plain.Push(keyword.Text == "if");
                return;
            case "else":
                if (_plain.Count == depth || !_plain.Pop())
                {
                    throw keyword.Unexpected("an instruction");
                }

                _plain.Push(false);
                RepeatedLabel(cursor);
                code.Byte((int)Opcode.Else);
                return;
            case "end":
                if (_plain.Count == depth)
                {
                    throw keyword.Unexpected("an instruction");
                }

                _plain.Pop();
                RepeatedLabel(cursor);
                Close();
                return;
            default:
                Instruction(Find(keyword), keyword, cursor);
                return;
        }
    }

    private void RepeatedLabel(Cursor cursor)
    {
        if (cursor.TryId() is { } label && label != _labels[^1])
        {
            throw new TextSyntaxException($"mismatching label {label}", cursor.Line);
        }
    }

    private static OpcodeInfo Find(Node keyword) =>
        keyword.String is null && OpcodeTable.ByName.TryGetValue(keyword.Text, out var info)
            ? info
            : throw new TextSyntaxException($"unknown operator {keyword.Text}", keyword.Line);

    private void Instruction(OpcodeInfo info, Node keyword, Cursor cursor)
    {
        switch (info.Code)
        {
            case Opcode.Else or Opcode.End or Opcode.Block or Opcode.Loop or Opcode.If:
                throw keyword.Unexpected("an instruction");
            case Opcode.Select:
                Select(cursor);
                return;
        }

        WriteOpcode(info.Code);
        switch (info.Shape)
        {
            case OpcodeShape.Plain:
                break;
            case OpcodeShape.Label:
                code.U32(Label(cursor.Next("a label")));
                break;
            case OpcodeShape.LabelTable:
                LabelTable(cursor);
                break;
            case OpcodeShape.FunctionIndex:
                code.U32(names.Functions.Resolve(cursor.Next("a function")));
                break;
            case OpcodeShape.TypeAndTable:
                var table = Optional(names.Tables, cursor);
                code.U32(types.Use(cursor, null));
                code.U32(table);
                break;
            case OpcodeShape.LocalIndex:
                code.U32(locals.Resolve(cursor.Next("a local")));
                break;
            case OpcodeShape.GlobalIndex:
                code.U32(names.Globals.Resolve(cursor.Next("a global")));
                break;
            case OpcodeShape.TableIndex:
                code.U32(Optional(names.Tables, cursor));
                break;
            case OpcodeShape.DataIndex:
                code.U32(names.Data.Resolve(cursor.Next("a data segment")));
                break;
            case OpcodeShape.ElementIndex:
                code.U32(names.Elements.Resolve(cursor.Next("an elem segment")));
                break;
            case OpcodeShape.ElementAndTable:
                SegmentAndTarget(names.Elements, names.Tables, cursor);
                break;
            case OpcodeShape.TwoTables:
                Two(names.Tables, cursor);
                break;
            case OpcodeShape.Memory:
                MemoryArgument(info, cursor);
                break;
            case OpcodeShape.MemoryLane:
                MemoryArgument(info, cursor);
                code.Byte(Lane(cursor));
                break;
            case OpcodeShape.Lane:
                code.Byte(Lane(cursor));
                break;
            case OpcodeShape.Shuffle:
                for (var i = 0; i < VectorLiteral.Bytes; i++)
                {
                    code.Byte(Lane(cursor));
                }

                break;
            case OpcodeShape.ConstV128:
                code.Bytes(VectorLiteral.Read(cursor));
                break;
            case OpcodeShape.MemoryIndex:
                code.U32(Optional(names.Memories, cursor));
                break;
            case OpcodeShape.TwoMemories:
                Two(names.Memories, cursor);
                break;
            case OpcodeShape.DataAndMemory:
                SegmentAndTarget(names.Data, names.Memories, cursor);
                break;
            case OpcodeShape.RefType:
                code.Byte((int)HeapType(cursor.Next("func or extern")));
                break;
            default:
                Constant(info, cursor.Next("a number"));
                break;
        }
    }

    private void WriteOpcode(Opcode opcode)
    {
        var value = (int)opcode;
        if (value > 0xFF)
        {
            code.Byte(value >> 8);
            code.U32((uint)(value & 0xFF));
        }
        else
        {
            code.Byte(value);
        }
    }

    private void Select(Cursor cursor)
    {
        var result = System.Collections.Immutable.ImmutableArray.CreateBuilder<ValType>();
        var annotated = false;
        while (cursor.TryList("result", out var list))
        {
            annotated = true;
            TypeTable.Declare(list, result, null);
        }

        WriteOpcode(annotated ? Opcode.SelectTyped : Opcode.Select);
        if (annotated)
        {
            code.U32(result.Count);
            foreach (var type in result)
            {
                code.Byte((int)type);
            }
        }
    }

    private uint Label(Node node)
    {
        if (!node.IsId)
        {
            return Numbers.Unsigned(node.Text, uint.MaxValue) is { } depth ? (uint)depth : throw node.Unexpected("a label");
        }

        var at = _labels.LastIndexOf(node.Text);
        return at >= 0 ? (uint)(_labels.Count - 1 - at) : throw new TextSyntaxException($"unknown label {node.Text}", node.Line);
    }

    private void LabelTable(Cursor cursor)
    {
        var labels = new List<uint> { Label(cursor.Next("a label")) };
        while (IndexSpace.IsIndex(cursor.Peek()))
        {
            labels.Add(Label(cursor.Next("a label")));
        }

        code.U32(labels.Count - 1);
        labels.ForEach(code.U32);
    }

    private static uint Optional(IndexSpace space, Cursor cursor) =>
        IndexSpace.IsIndex(cursor.Peek()) ? space.Resolve(cursor.Next("an index")) : 0;

    /// <summary>In the text the target comes first and may be left out.</summary>
    private void SegmentAndTarget(IndexSpace segments, IndexSpace targets, Cursor cursor)
    {
        var first = cursor.Next("a segment");
        var hasTarget = IndexSpace.IsIndex(cursor.Peek());
        var target = hasTarget ? targets.Resolve(first) : 0;
        code.U32(segments.Resolve(hasTarget ? cursor.Next("a segment") : first));
        code.U32(target);
    }

    private void Two(IndexSpace space, Cursor cursor)
    {
        var written = IndexSpace.IsIndex(cursor.Peek());
        code.U32(Optional(space, cursor));
        code.U32(written ? space.Resolve(cursor.Next("an index")) : 0);
    }

    private void MemoryArgument(OpcodeInfo info, Cursor cursor)
    {
        var memory = NamedMemory(info, cursor);
        var offset = Named(cursor, "offset=", uint.MaxValue) ?? 0;
        var align = Named(cursor, "align=", uint.MaxValue) ?? (ulong)info.Width;
        if (!System.Numerics.BitOperations.IsPow2(align))
        {
            throw new TextSyntaxException("alignment must be a power of 2", cursor.Line);
        }

        const int named = 1 << 6;
        code.U32(System.Numerics.BitOperations.Log2(align) | (memory == 0 ? 0 : named));
        if (memory != 0)
        {
            code.U32(memory);
        }

        code.U32((uint)offset);
    }

    /// <summary>A number that stands alone before the end of a lane access is the lane, not a memory.</summary>
    private uint NamedMemory(OpcodeInfo info, Cursor cursor)
    {
        if (info.Shape == OpcodeShape.MemoryLane && cursor.Peek() is { IsId: false } && !IsMemoryImmediate(cursor.Peek(1)))
        {
            return 0;
        }

        return Optional(names.Memories, cursor);
    }

    private static bool IsMemoryImmediate(Node? node) =>
        IndexSpace.IsIndex(node)
        || (node is { Items: null, String: null }
            && (node.Text.StartsWith("offset=", StringComparison.Ordinal) || node.Text.StartsWith("align=", StringComparison.Ordinal)));

    private static ulong? Named(Cursor cursor, string name, ulong max)
    {
        if (cursor.Peek() is not { Items: null } node || !node.Text.StartsWith(name, StringComparison.Ordinal))
        {
            return null;
        }

        cursor.Next(name);
        return Numbers.Unsigned(node.Text[name.Length..], max)
            ?? throw new TextSyntaxException($"unknown operator or constant out of range: {node.Text}", node.Line);
    }

    public static ValType HeapType(Node node) => node.Text switch
    {
        "func" => ValType.FuncRef,
        "extern" => ValType.ExternRef,
        _ => throw node.Unexpected("func or extern"),
    };

    private static int Lane(Cursor cursor) => cursor.Next("a lane") is var node && Numbers.Unsigned(node.Text, byte.MaxValue) is { } lane
        ? (int)lane
        : throw new TextSyntaxException($"malformed lane index {node.Text}", node.Line);

    private void Constant(OpcodeInfo info, Node node)
    {
        var bits = info.Result is ValType.I32 or ValType.F32 ? 32 : 64;
        var integer = info.Result is ValType.I32 or ValType.I64;
        var value = (integer ? Numbers.Integer(node.Text, bits) : Numbers.Float(node.Text, bits))
            ?? throw new TextSyntaxException($"unknown operator or constant out of range: {node.Text}", node.Line);
        if (!integer)
        {
            code.Fixed(value, bits / 8);
        }
        else
        {
            code.S64(bits == 32 ? (int)value : (long)value);
        }
    }
}
