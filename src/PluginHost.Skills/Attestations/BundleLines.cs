namespace PluginHost.Skills.Attestations;

/// <summary>Lines of a bundle that hold something.</summary>
internal static class BundleLines
{
    public static IEnumerable<ReadOnlyMemory<byte>> Of(ReadOnlyMemory<byte> bundle)
    {
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
}
