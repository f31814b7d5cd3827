using System.Collections.Immutable;

namespace PluginHost.State;

/// <summary>Keeps documents that prove a fabrication, by the payload that they were shown with. What is there already stays.</summary>
internal static class EvidenceShelf
{
    private const int MaxFiles = 1_000;

    /// <summary>That it cannot be kept does not let the package pass.</summary>
    public static void Keep(string folder, string payload, ImmutableArray<ReadOnlyMemory<byte>> documents)
    {
        var place = Path.Combine(folder, payload);
        try
        {
            if (Directory.Exists(place) || (Directory.Exists(folder) && Directory.EnumerateDirectories(folder).Take(MaxFiles).Count() == MaxFiles))
            {
                return;
            }

            var staged = $"{place}.{Guid.NewGuid():n}.tmp";
            PrivateFiles.CreateDirectory(staged);
            for (var i = 0; i < documents.Length; i++)
            {
                PrivateFiles.Replace(Path.Combine(staged, FormattableString.Invariant($"{i + 1}")), documents[i].Span);
            }

            Directory.Move(staged, place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The refusal is on record all the same.
        }
    }
}
