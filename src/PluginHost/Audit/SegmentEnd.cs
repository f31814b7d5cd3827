using System.Text;
using System.Text.Json;

namespace PluginHost.Audit;

/// <summary>The last line of a finished segment.</summary>
internal static class SegmentEnd
{
    /// <returns>Its sequence number and hash; null where the file does not end with a whole line.</returns>
    public static (long Sequence, string Head)? Of(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var tail = new byte[(int)Math.Min(file.Length, AuditLine.MaxBytes + 1)];
            file.Seek(-tail.Length, SeekOrigin.End);
            file.ReadExactly(tail);
            var line = tail.AsSpan(0, Math.Max(0, tail.Length - 1));
            line = line[(line.LastIndexOf((byte)'\n') + 1)..];
            if (tail is [.., (byte)'\n'] && AuditLine.TryOpen(line, new byte[AuditLine.Context.Length + line.Length], out var written, out var holds) && holds)
            {
                using var record = JsonDocument.Parse(line.ToArray());
                return (record.RootElement.GetProperty("seq").GetInt64(), Encoding.ASCII.GetString(written));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }

        return null;
    }
}
