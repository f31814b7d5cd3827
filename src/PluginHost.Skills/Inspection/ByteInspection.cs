using System.Buffers;
using System.Buffers.Binary;

namespace PluginHost.Skills.Inspection;

/// <summary>Looks at bytes that nobody has to run or read: native programs in them, and data that looks like noise.</summary>
internal static class ByteInspection
{
    private const int Window = 4096;

    /// <summary>Bits a byte. Of a window of random bytes it is 7.95, of compressed ones hardly less; of text and code less than 7.</summary>
    private const double NoiseBits = 7.6;

    /// <summary>Windows of noise before it is worth a word.</summary>
    private const int NoiseWindows = 4;

    /// <summary>First bytes of what is looked for.</summary>
    private static readonly SearchValues<byte> Starts = SearchValues.Create([0x7F, (byte)'M', 0xCE, 0xCF, 0xFE]);

    private static readonly byte[][] Compressed =
    [
        [0x89, (byte)'P', (byte)'N', (byte)'G'], [0xFF, 0xD8, 0xFF], "GIF8"u8.ToArray(), "RIFF"u8.ToArray(), [0x1F, 0x8B], "PK\u0003\u0004"u8.ToArray(), "wOF2"u8.ToArray(),
        "wOFF"u8.ToArray(), "OggS"u8.ToArray(), "%PDF"u8.ToArray(), [0x28, 0xB5, 0x2F, 0xFD], "\u0000asm"u8.ToArray(),
    ];

    /// <summary>A program in some bytes, what it is and where; null where there is none. Every place is looked at, not the beginning alone.</summary>
    public static (FindingRule Rule, string What, int At)? Program(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            var next = bytes[at..].IndexOfAny(Starts);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (Native(bytes[at..]) is { } what)
            {
                return (FindingRules.EmbeddedExecutable, what, at);
            }
        }

        return bytes.IndexOf("\0asm\u0001\0\0\0"u8) is var module and >= 0 ? (FindingRules.EmbeddedModule, "a WebAssembly module", module)
            : bytes.StartsWith("#!/"u8) ? (FindingRules.Script, "a script", 0)
            : null;
    }

    /// <summary>Whether some bytes begin as a format that is known to be compressed.</summary>
    public static bool IsKnownToBeCompressed(ReadOnlySpan<byte> bytes)
    {
        foreach (var magic in Compressed)
        {
            if (bytes.StartsWith(magic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Bytes of noise among some bytes, in windows.</summary>
    public static int Noise(ReadOnlySpan<byte> bytes)
    {
        var windows = 0;
        for (var at = 0; at + Window <= bytes.Length; at += Window)
        {
            windows += Entropy(bytes.Slice(at, Window)) > NoiseBits ? 1 : 0;
        }

        return windows >= NoiseWindows ? windows * Window : 0;
    }

    /// <summary>Headers of native programs, as far as they cannot be chance.</summary>
    private static string? Native(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 20 && bytes.StartsWith("\u007fELF"u8) && bytes[4] is 1 or 2 && bytes[5] is 1 or 2 && bytes[6] == 1)
        {
            return "a program for Linux (ELF)";
        }

        if (bytes.Length >= 64 && bytes.StartsWith("MZ"u8))
        {
            var header = BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..64]);
            return header >= 64 && header <= bytes.Length - 4 && bytes[(int)header..].StartsWith("PE\0\0"u8) ? "a program for Windows (PE)" : null;
        }

        return bytes.Length >= 28 && IsMachO(bytes) ? "a program for macOS (Mach-O)" : null;
    }

    /// <summary>The magic number, a processor that there is, and a type of file that there is.</summary>
    private static bool IsMachO(ReadOnlySpan<byte> bytes)
    {
        var isLittle = bytes[0] is 0xCE or 0xCF && bytes[1..4].SequenceEqual((ReadOnlySpan<byte>)[0xFA, 0xED, 0xFE]);
        var isBig = bytes[..3].SequenceEqual((ReadOnlySpan<byte>)[0xFE, 0xED, 0xFA]) && bytes[3] is 0xCE or 0xCF;
        if (!isLittle && !isBig)
        {
            return false;
        }

        var processor = Number(bytes[4..8], isLittle) & 0x00FF_FFFF;
        return processor is 7 or 12 or 18 && Number(bytes[12..16], isLittle) is >= 1 and <= 12;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, bool isLittle) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static double Entropy(ReadOnlySpan<byte> bytes)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        foreach (var value in bytes)
        {
            counts[value]++;
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / bytes.Length;
                bits -= share * Math.Log2(share);
            }
        }

        return bits;
    }
}
