using PluginHost.Wasm.Text;

namespace PluginHost.Conformance.Bombs;

/// <summary>Modules of a few megabytes at most that would keep a careless compiler busy for minutes.</summary>
internal static class BombCatalog
{
    private const int Nesting = 19_990;

    public static IReadOnlyDictionary<string, Func<byte[]>> All { get; } = new Dictionary<string, Func<byte[]>>(StringComparer.Ordinal)
    {
        ["nested blocks"] = () => Nest(Nesting, [0x02, 0x40], [0x0B]),
        ["nested loops"] = () => Nest(Nesting, [0x03, 0x40], [0x0B]),
        ["nested ifs"] = () => Nest(Nesting, [0x20, 0, 0x04, 0x40, 0x05], [0x0B]),
        ["nested ifs in both arms"] = () => BombModule.Of(code => Tree(code, 15)),
        ["nested blocks with branches out"] = () => BombModule.Of(code =>
        {
            Times(code, 5_000, (c, _) => c.Bytes([0x02, 0x40]));
            Times(code, 5_000, (c, i) =>
            {
                c.Bytes([0x20, 0, 0x45, 0x0D]);
                c.U32(4_999 - i);
                c.Byte(0x0B);
            });
        }),
        ["nested blocks with tables"] = () => BombModule.Of(code =>
        {
            const int depth = 300;
            Times(code, depth, (c, _) => c.Bytes([0x02, 0x40]));
            Times(code, depth, (c, i) =>
            {
                c.Bytes([0x20, 0, 0x0E]);
                c.U32(depth - i - 1);
                Times(c, depth - i, (t, n) => t.U32(n));
                c.Byte(0x0B);
            });
        }),
        ["huge tables"] = () => BombModule.Of(code => Times(code, 50, (c, _) =>
        {
            c.Bytes([0x02, 0x40, 0x20, 0, 0x0E]);
            c.U32(65_000);
            Times(c, 65_001, (t, _) => t.Byte(0));
            c.Byte(0x0B);
        })),
        ["50,000 locals"] = () => BombModule.Of(code => Times(code, 20_000, (c, i) => Increment(c, (i * 7) % 49_000)), locals: 49_000),
        ["straight line"] = () => BombModule.Of(code => Times(code, 900_000, (c, i) => c.Bytes([0x20, 0, 0x41, (byte)(i & 63), 0x73, 0x21, 0]))),
        ["straight line over 1,000 locals"] = () => BombModule.Of(code => Times(code, 500_000, (c, i) => Increment(c, i % 1_000)), locals: 1_000),
        ["12,000 loops over shared locals"] = () => BombModule.Of(
            code => Times(code, 12_000, (c, i) =>
            {
                c.Bytes([0x03, 0x40]);
                Increment(c, i % 100);
                Increment(c, (i * 31) % 100);
                c.Byte(0x0B);
            }), locals: 100),
        ["loops with ways out"] = () => BombModule.Of(
            code => Times(code, 1_500, (c, i) =>
            {
                c.Bytes([0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x0D, 1]);
                Increment(c, i % 50);
                c.Bytes([0x20, 0, 0x45, 0x0D, 0, 0x0B, 0x0B]);
            }), locals: 50),
        ["ways out of one loop"] = () => BombModule.Of(
            code =>
            {
                code.Bytes([0x02, 0x40, 0x02, 0x40, 0x03, 0x40]);
                Times(code, 37_000, (c, _) => c.Bytes([0x20, 0, 0x0D, 1]));
                code.Bytes([0x0B, 0x0B, 0x0B]);
            },
            locals: 2),
        ["deep expression"] = () => BombModule.Of(code =>
        {
            Times(code, 40_000, (c, _) => c.Bytes([0x20, 0]));
            Times(code, 39_999, (c, _) => c.Byte(0x6A));
            code.Byte(0x1A);
        }),
        ["calls"] = () => BombModule.Of([BombModule.Function(_ => { }), BombModule.Function(code => Times(code, 300_000, (c, _) => c.Bytes([0x20, 0, 0x10, 0, 0x1A])))]),
        ["calls of 20,000 functions"] = () => BombModule.Of(
            [.. Enumerable.Range(0, 20_000).Select(_ => BombModule.Function(_ => { })), BombModule.Function(code => Times(code, 20_000, (c, i) =>
            {
                c.Bytes([0x20, 0, 0x45, 0x04, 0x40, 0x20, 0, 0x10]);
                c.U32(i);
                c.Bytes([0x1A, 0x0B]);
            }))]),
        ["indirect calls"] = () => BombModule.Of(code => Times(code, 100_000, (c, _) => c.Bytes([0x20, 0, 0x45, 0x04, 0x40, 0x20, 0, 0x20, 0, 0x11, 0, 0, 0x1A, 0x0B]))),
        ["tail calls"] = () => BombModule.Of(code => Times(code, 100_000, (c, _) => c.Bytes([0x20, 0, 0x45, 0x04, 0x40, 0x20, 0, 0x12, 0, 0x0B]))),
        ["returns"] = () => BombModule.Of(code => Times(code, 300_000, (c, _) => c.Bytes([0x20, 0, 0x45, 0x04, 0x40, 0x20, 0, 0x0F, 0x0B]))),
        ["selects"] = () => BombModule.Of(code => Times(code, 300_000, (c, _) => c.Bytes([0x20, 0, 0x41, 3, 0x20, 0, 0x1B, 0x1A]))),
        ["copies of memory"] = () => BombModule.Of(code => Times(code, 200_000, (c, _) => c.Bytes([0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 10, 0, 0]))),
        ["loads and stores"] = () => BombModule.Of(code => Times(code, 300_000, (c, i) =>
        {
            c.Bytes([0x20, 0, 0x20, 0, 0x28, 0]);
            c.U32(i % 60_000);
            c.Bytes([0x36, 0, 0]);
        })),
        ["divisions"] = () => BombModule.Of(code => Times(code, 300_000, (c, _) => c.Bytes([0x20, 0, 0x20, 0, 0x6D, 0x1A]))),
        ["shuffles"] = () => BombModule.Of(code =>
        {
            code.Bytes([0x20, 0, 0xFD, 0x0F]);
            Times(code, 100_000, (c, i) =>
            {
                c.Bytes([0xFD, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, (byte)i, 0xFD, 13]);
                Times(c, 16, (t, n) => t.Byte((i + (n * 3)) % 32));
            });
            code.Byte(0x1A);
        }),
        ["20,000,000 custom sections"] = () =>
        [
            .. BombModule.Of(_ => { }),
            .. Enumerable.Repeat<byte[]>([0, 1, 0], 20_000_000).SelectMany(section => section),
        ],
        ["a deep constant"] = () => BombModule.Of([BombModule.Function(_ => { })], add => add(6, BombModule.Vector(1, (w, _) =>
        {
            w.Bytes([0x7F, 0]);
            Times(w, 15_000_000, (t, _) => t.Bytes([0x41, 0]));
            Times(w, 14_999_999, (t, _) => t.Byte(0x6A));
            w.Byte(0x0B);
        }))),
        ["a long constant"] = () => BombModule.Of([BombModule.Function(_ => { })], add => add(6, BombModule.Vector(1, (w, _) =>
        {
            w.Bytes([0x7F, 0, 0x41, 0]);
            Times(w, 15_000_000, (t, _) => t.Bytes([0x41, 0, 0x6A]));
            w.Byte(0x0B);
        }))),
        ["dead calls with many operands"] = () => BombModule.Of(
            [BombModule.Function(code => code.Byte(0)), .. Enumerable.Repeat(BombModule.Function(code =>
            {
                code.Bytes([0x02, 0x40, 0]);
                Times(code, 3_500_000, (c, _) => c.Bytes([0x10, 0]));
                code.Bytes([0, 0x0B]);
            }), 7)],
            add =>
            {
                add(1, BombModule.Vector(2, (w, type) =>
                {
                    var count = type == 0 ? 1 : 60;
                    w.Byte(0x60);
                    w.U32(count);
                    Times(w, count, (t, _) => t.Byte(0x7F));
                    w.U32(count);
                    Times(w, count, (t, _) => t.Byte(0x7F));
                }));
                add(3, BombModule.Vector(8, (w, i) => w.U32(i == 0 ? 1 : 0)));
            }),
        ["a million functions"] = () => BombModule.Of([.. Enumerable.Repeat(BombModule.Function(_ => { }), 1_000_000)]),
        ["100,000 types and globals"] = () => BombModule.Of([BombModule.Function(_ => { })], add =>
        {
            add(1, BombModule.Vector(100_000, (w, i) =>
            {
                w.Byte(0x60);
                if (i == 0)
                {
                    w.Bytes([1, 0x7F, 1, 0x7F]);
                    return;
                }

                w.U32(17);
                Times(w, 17, (t, bit) => t.Byte(bit == 16 || (i >> bit & 1) == 0 ? 0x7F : 0x7E));
                w.Bytes([1, 0x7F]);
            }));
            add(6, BombModule.Vector(100_000, (w, _) => w.Bytes([0x7F, 1, 0x41, 0, 0x0B])));
        }),
        ["ten million elements"] = () => BombModule.Of([BombModule.Function(_ => { })], add => add(9, BombModule.Vector(100, (w, _) =>
        {
            w.Bytes([1, 0]);
            w.U32(100_000);
            Times(w, 100_000, (t, _) => t.Byte(0));
        }))),
    };

    private static byte[] Nest(int depth, byte[] open, byte[] close) => BombModule.Of(code =>
    {
        Times(code, depth, (c, _) => c.Bytes(open));
        Times(code, depth, (c, _) => c.Bytes(close));
    });

    private static void Tree(ByteWriter code, int depth)
    {
        if (depth == 0)
        {
            Increment(code, 0);
            return;
        }

        code.Bytes([0x20, 0, 0x04, 0x40]);
        Tree(code, depth - 1);
        code.Byte(0x05);
        Tree(code, depth - 1);
        code.Byte(0x0B);
    }

    private static void Increment(ByteWriter code, int local)
    {
        code.Byte(0x20);
        code.U32(local);
        code.Bytes([0x41, 1, 0x6A, 0x21]);
        code.U32(local);
    }

    private static void Times(ByteWriter code, int count, Action<ByteWriter, int> part)
    {
        for (var i = 0; i < count; i++)
        {
            part(code, i);
        }
    }
}
