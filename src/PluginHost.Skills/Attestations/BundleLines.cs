namespace PluginHost.Skills.Attestations;

/// <summary>Lines of a bundle.</summary>
internal static class BundleLines
{
    /// <summary>Bytes that an envelope, or the proof of a log, has at least: a signature alone has 86.</summary>
    private const int Shortest = 128;

    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>Lines that hold something. A mark of the order of bytes before the first is none of it.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> bundle)
    {
        bundle = bundle.Span.StartsWith(Mark) ? bundle[Mark.Length..] : bundle;
        while (!bundle.IsEmpty)
        {
            var end = bundle.Span.IndexOf((byte)'\n');
            var line = end < 0 ? bundle : bundle[..end];
            bundle = end < 0 ? default : bundle[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) >= 0)
            {
                yield return line;
            }
        }
    }

    /// <summary>
    /// Lines that may be envelopes or proofs, and the one that says that the bundle was cut. A line is anybody's, and trying to read one costs as much as
    /// thousands of bytes: those that are too short to be any are not tried.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Envelopes(ReadOnlyMemory<byte> bundle) => Of(bundle).Where(MayBeOne);

    /// <summary>Whether a line is long enough.</summary>
    public static bool MayBeOne(ReadOnlyMemory<byte> line) => line.Length >= Shortest || EvidenceBundle.IsCut(line.Span);
}
