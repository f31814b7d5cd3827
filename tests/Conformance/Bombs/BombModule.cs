using PluginHost.Wasm;
using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Bombs;

/// <summary>A module with an export <c>run</c> that takes and leaves an i32, written byte by byte: text would be the bomb.</summary>
internal static class BombModule
{
    private const int I32 = 0x7F;

    /// <summary>A module of one function.</summary>
    public static byte[] Of(Action<ByteWriter> code, int locals = 0) => Of([Function(code, locals)]);

    /// <summary>A module of functions that all take and leave an i32; the last is the one that is run.</summary>
    public static byte[] Of(IReadOnlyList<ByteWriter> functions, Action<Action<int, ByteWriter>>? more = null)
    {
        var module = new ByteWriter();
        module.Bytes("\0asm\u0001\0\0\0"u8);
        var sections = new SortedDictionary<int, ByteWriter>();
        void Add(int id, ByteWriter content) => sections[id * 2] = content;

        Add(1, Types());
        Add(3, Vector(functions.Count, (writer, _) => writer.U32(0)));
        Add(4, One(writer => writer.Bytes([0x70, 0, 1])));
        Add(5, One(writer => writer.Bytes([0, 2])));
        Add(7, One(writer =>
        {
            writer.Name("run");
            writer.Byte((int)ExternalKind.Function);
            writer.U32(functions.Count - 1);
        }));
        Add(10, Vector(functions.Count, (writer, i) => writer.Sized(functions[i])));
        more?.Invoke(Add);
        foreach (var (id, content) in sections)
        {
            module.Byte(id / 2);
            module.Sized(content);
        }

        return module.ToArray();
    }

    public static ByteWriter Function(Action<ByteWriter> code, int locals = 0)
    {
        var body = new ByteWriter();
        body.U32(locals > 0 ? 1 : 0);
        if (locals > 0)
        {
            body.U32(locals);
            body.Byte(I32);
        }

        code(body);
        body.Bytes([0x41, 1, 0x0B]);
        return body;
    }

    public static ByteWriter Vector(int count, Action<ByteWriter, int> item)
    {
        var writer = new ByteWriter();
        writer.U32(count);
        for (var i = 0; i < count; i++)
        {
            item(writer, i);
        }

        return writer;
    }

    private static ByteWriter One(Action<ByteWriter> item) => Vector(1, (writer, _) => item(writer));

    /// <summary>Type 0: i32 to i32.</summary>
    private static ByteWriter Types() => One(writer => writer.Bytes([0x60, 1, I32, 1, I32]));
}
