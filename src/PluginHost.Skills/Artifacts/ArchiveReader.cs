using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace PluginHost.Skills.Artifacts;

/// <summary>
/// Reads the ZIP form of a package, and only the form that leaves nothing to interpretation: one end record at the end of
/// the file, local and central headers that agree, entries that follow each other without gap or overlap.
/// </summary>
internal sealed class ArchiveReader
{
    /// <summary>
    /// Unix modes that an entry may have, the format's and those of writers that set none: it is not signed, so it must not be able to say anything.
    /// </summary>
    private static readonly ushort[] Modes = [0, 0x81A4, 0x8180, 0x0180, 0x41ED, 0x41C0];

    private const uint ArchiveBit = 0x20;
    private const uint DirectoryBit = 0x10;
    private const uint EndSignature = 0x06054B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint LocalSignature = 0x04034B50;
    private const uint DescriptorSignature = 0x08074B50;
    private const int EndBytes = 22;
    private const int CentralBytes = 46;
    private const int LocalBytes = 30;
    private const ushort Encrypted = 1;
    private const ushort Descriptor = 8;
    private const ushort Utf8 = 0x800;

    /// <summary>What of the flags may be set: how hard Deflate tried, a descriptor behind the data, names in UTF-8.</summary>
    private const ushort KnownFlags = 0x6 | Descriptor | Utf8;

    private const ushort Stored = 0;
    private const ushort Deflated = 8;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlyMemory<byte> _file;
    private long _unpacked;

    private ArchiveReader(ReadOnlyMemory<byte> file) => _file = file;

    private ReadOnlySpan<byte> Bytes => _file.Span;

    /// <exception cref="SkillVerificationException">The bytes are no archive of that form, or too large.</exception>
    public static IReadOnlyList<ArchiveEntry> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > ArchiveLimits.TotalBytes)
        {
            throw Refused("size", $"the file has {file.Length} bytes, more than {ArchiveLimits.TotalBytes}");
        }

        return new ArchiveReader(file).Entries();
    }

    private static SkillVerificationException Refused(string rule, string message) => new("archive", rule, message);

    private static SkillVerificationException Malformed(string what) => Refused("form", $"the archive is not well-formed: {what}");

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes[at..]);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[at..]);

    private List<ArchiveEntry> Entries()
    {
        var headers = Directory(out var directoryStart);
        var entries = new List<ArchiveEntry>();
        var position = 0;
        foreach (var header in headers.OrderBy(header => header.Offset))
        {
            if (header.Offset != position)
            {
                throw Malformed("entries overlap, or bytes between them belong to none");
            }

            var content = Entry(header, out position);
            if (header.Path is { } path)
            {
                entries.Add(new ArchiveEntry(path, content));
            }
        }

        if (position != directoryStart)
        {
            throw Malformed("bytes before the directory belong to no entry");
        }

        CheckTwins(entries);
        return entries;
    }

    private List<Header> Directory(out int start)
    {
        var end = Bytes.Length - EndBytes;
        if (end < 0 || U32(end) != EndSignature || U16(end + 20) != 0)
        {
            throw Malformed("it does not end with an end record without comment");
        }

        var count = U16(end + 10);
        var (size, offset) = (U32(end + 12), U32(end + 16));
        if (U16(end + 4) != 0 || U16(end + 6) != 0 || U16(end + 8) != count || (long)offset + size != end)
        {
            throw Malformed("the end record does not fit the file");
        }

        if (count > ArchiveLimits.Entries)
        {
            throw Refused("count", $"the archive has {count} entries, more than {ArchiveLimits.Entries}");
        }

        start = (int)offset;
        var headers = new List<Header>();
        var at = start;
        for (var i = 0; i < count; i++)
        {
            headers.Add(Central(ref at, end));
        }

        return at == end ? headers : throw Malformed("the directory holds more than its entries");
    }

    private Header Central(ref int at, int end)
    {
        if (end - at < CentralBytes || U32(at) != CentralSignature)
        {
            throw Malformed("a directory entry is missing");
        }

        var (nameLength, extraLength, commentLength) = (U16(at + 28), U16(at + 30), U16(at + 32));
        if (end - at < CentralBytes + nameLength + extraLength + commentLength)
        {
            throw Malformed("a directory entry is cut off");
        }

        var header = new Header(
            U16(at + 8), U16(at + 10), U32(at + 16), U32(at + 20), U32(at + 24), _file.Slice(at + CentralBytes, nameLength), U32(at + 42), null);
        CheckHeader(header, U16(at + 34), U32(at + 38));
        var name = Name(header);
        at += CentralBytes + nameLength + extraLength + commentLength;

        // A directory entry says nothing that the paths of files do not say; it only counts.
        return name.EndsWith('/') && header.Size == 0
            ? WithPath(header, ArchivePaths.Normalize(name[..^1]), isDirectory: true)
            : WithPath(header, ArchivePaths.Normalize(name), isDirectory: false);
    }

    private static Header WithPath(Header header, string path, bool isDirectory) => header with { Path = isDirectory ? null : path };

    private static void CheckHeader(Header header, ushort disk, uint attributes)
    {
        if ((header.Flags & Encrypted) != 0)
        {
            throw Refused("encrypted", "an entry is encrypted");
        }

        if ((header.Flags & ~KnownFlags) != 0 || disk != 0)
        {
            throw Malformed("an entry uses a feature of ZIP that packages do not");
        }

        if (header.Method is not (Stored or Deflated))
        {
            throw Refused("method", $"compression method {header.Method} is not supported");
        }

        if (header.Size > ArchiveLimits.EntryBytes)
        {
            throw Refused("entry-size", $"an entry has {header.Size} bytes, more than {ArchiveLimits.EntryBytes}");
        }

        // The upper half of the attributes is a Unix mode, where one is set: links and devices are no files.
        const uint regular = 0x8, folder = 0x4;
        if ((attributes >> 28) is not (0 or regular or folder))
        {
            throw Refused("kind", "an entry is a link or device");
        }

        if (!Modes.Contains((ushort)(attributes >> 16)) || (attributes & 0xFFFF) is not (0 or ArchiveBit or DirectoryBit))
        {
            throw Refused("mode", $"an entry has the attributes {attributes:x8}: files have mode 0644, directories 0755");
        }
    }

    private static string Name(Header header)
    {
        try
        {
            return (header.Flags & Utf8) != 0 || header.Name.Span.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) < 0
                ? StrictUtf8.GetString(header.Name.Span)
                : throw Refused("path", "a path is neither ASCII nor marked as UTF-8");
        }
        catch (DecoderFallbackException)
        {
            throw Refused("path", "a path is not UTF-8");
        }
    }

    private byte[] Entry(Header header, out int next)
    {
        var at = (int)header.Offset;
        if (header.Offset > Bytes.Length - LocalBytes || U32(at) != LocalSignature)
        {
            throw Malformed("a local header is missing");
        }

        var described = (header.Flags & Descriptor) != 0;
        var (nameLength, extraLength) = (U16(at + 26), U16(at + 28));
        var data = at + LocalBytes + nameLength + extraLength;
        if (data + (long)header.Packed > Bytes.Length || !_file.Span.Slice(at + LocalBytes, nameLength).SequenceEqual(header.Name.Span)
            || U16(at + 6) != header.Flags || U16(at + 8) != header.Method
            || !Agrees(U32(at + 14), header.Crc, described) || !Agrees(U32(at + 18), header.Packed, described) || !Agrees(U32(at + 22), header.Size, described))
        {
            throw Malformed("a local header and the directory disagree");
        }

        next = data + (int)header.Packed;
        if (described)
        {
            next = DescriptorEnd(header, next);
        }

        var content = Unpack(header, _file.Slice(data, (int)header.Packed));
        return Crc32.HashToUInt32(content) == header.Crc ? content : throw Malformed("the checksum of an entry does not fit");
    }

    /// <summary>With a descriptor behind the data a local header may leave the fields empty.</summary>
    private static bool Agrees(uint local, uint central, bool described) => local == central || (described && local == 0);

    private int DescriptorEnd(Header header, int at)
    {
        var signed = at + 16 <= Bytes.Length && U32(at) == DescriptorSignature;
        var fields = signed ? at + 4 : at;
        return fields + 12 <= Bytes.Length && U32(fields) == header.Crc && U32(fields + 4) == header.Packed && U32(fields + 8) == header.Size
            ? fields + 12
            : throw Malformed("a data descriptor does not fit its entry");
    }

    private byte[] Unpack(Header header, ReadOnlyMemory<byte> packed)
    {
        _unpacked += header.Size;
        if (_unpacked > ArchiveLimits.TotalBytes)
        {
            throw Refused("size", $"the entries have more than {ArchiveLimits.TotalBytes} bytes together");
        }

        if (header.Method == Stored)
        {
            return header.Packed == header.Size ? packed.ToArray() : throw Malformed("the size of a stored entry does not fit");
        }

        var content = new byte[header.Size];
        using var exact = new ExactStream(packed);
        try
        {
            using var inflate = new DeflateStream(exact, CompressionMode.Decompress);
            inflate.ReadExactly(content);
            if (inflate.ReadByte() >= 0 || exact.Taken != packed.Length || exact.Starved)
            {
                throw Malformed("the sizes of an entry do not fit its data");
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Malformed("the data of an entry cannot be unpacked");
        }

        return content;
    }

    /// <summary>No two paths that some file system takes for one, and no file where another needs a directory.</summary>
    private static void CheckTwins(List<ArchiveEntry> entries)
    {
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (!files.Add(ArchivePaths.Folded(entry.Path)))
            {
                throw Refused("duplicate", $"'{entry.Path}' is there twice, if only in other letters");
            }
        }

        foreach (var entry in entries)
        {
            var path = ArchivePaths.Folded(entry.Path);
            for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                if (files.Contains(path[..slash]))
                {
                    throw Refused("duplicate", $"'{entry.Path}' lies in a directory that is a file");
                }
            }
        }
    }

    /// <summary>What the directory says of an entry; the path is null for a directory.</summary>
    private sealed record Header(
        ushort Flags, ushort Method, uint Crc, uint Packed, uint Size, ReadOnlyMemory<byte> Name, uint Offset, string? Path);
}
