namespace PluginHost.Audit;

/// <summary>Reads a log line by line, in bounded memory.</summary>
internal static class LineReader
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Takes one line, without its line feed.</summary>
    public delegate void Taker(ReadOnlySpan<byte> line);

    /// <summary>Reads to the end, or to a line that is longer than any of a log.</summary>
    /// <returns>Bytes of an unfinished last line, or −1 where a line was too long.</returns>
    public static long Read(Stream log, Taker take)
    {
        var buffer = new byte[BufferBytes];
        var filled = 0;
        for (int count; (count = log.Read(buffer, filled, buffer.Length - filled)) > 0;)
        {
            var rest = buffer.AsSpan(0, filled + count);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                if (end >= AuditLine.MaxBytes)
                {
                    return -1;
                }

                take(rest[..end]);
            }

            if (rest.Length > AuditLine.MaxBytes)
            {
                return -1;
            }

            rest.CopyTo(buffer);
            filled = rest.Length;
        }

        return filled;
    }
}
