using System.Collections.Immutable;

namespace PluginHost.State;

/// <summary>
/// Keeps documents that prove a fabrication, by the payload that they were shown with. What is there already stays. Packages of publishers whom nobody knew
/// before have a small part of the room: anybody can make any number of those.
/// </summary>
internal static class EvidenceShelf
{
    private const int MaxFiles = 1_000;
    private const int MaxOfStrangers = 100;
    private const string StrangerMark = "stranger-";
    private const string StagedExtension = ".tmp";

    /// <summary>That it cannot be kept does not let the package pass.</summary>
    /// <param name="folder">The shelf.</param>
    /// <param name="payload">What it was shown with.</param>
    /// <param name="isKnown">Whether its publisher was known before.</param>
    /// <param name="documents">What proves it.</param>
    public static void Keep(string folder, string payload, bool isKnown, ImmutableArray<ReadOnlyMemory<byte>> documents)
    {
        var place = Path.Combine(folder, isKnown ? payload : StrangerMark + payload);
        try
        {
            if (Directory.Exists(place) || Kept(folder).Count(kept => kept.StartsWith(StrangerMark, StringComparison.Ordinal) != isKnown) >= (isKnown ? MaxFiles : MaxOfStrangers))
            {
                return;
            }

            var staged = $"{place}.{Guid.NewGuid():n}{StagedExtension}";
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

    /// <summary>What is there; folders that were left half-made do not count.</summary>
    private static IEnumerable<string> Kept(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(StagedExtension, StringComparison.Ordinal)) : [];
}
