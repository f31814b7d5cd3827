using System.Globalization;

namespace PluginHost.Skills.Transparency;

/// <summary>Names of the files of a log (c2sp.org/tlog-tiles).</summary>
internal static class LogTile
{
    /// <summary>Hashes of a whole tile, and entries of a whole bundle.</summary>
    public const int Width = 256;

    /// <summary>Levels of hashes that a tile stands for.</summary>
    public const int Height = 8;

    public const string Checkpoint = "checkpoint";

    /// <summary>Bytes of a bundle of entries at most.</summary>
    public const int MaxBundleBytes = Width * (sizeof(ushort) + ushort.MaxValue);

    /// <summary>The path of a tile of hashes.</summary>
    /// <param name="level">Its level, in tiles.</param>
    /// <param name="index">Its place in that level.</param>
    /// <param name="width">How many hashes it has.</param>
    public static string Hashes(int level, long index, int width) => string.Create(CultureInfo.InvariantCulture, $"tile/{level}/{Place(index)}{Part(width)}");

    /// <summary>The path of a bundle of entries.</summary>
    public static string Entries(long index, int width) => $"tile/entries/{Place(index)}{Part(width)}";

    /// <summary>How many hashes the tile at a place has in a tree of a size; zero where it is not part of it.</summary>
    public static int WidthIn(long size, int level, long index)
    {
        var hashes = level >= 8 ? 0 : size >> (level * Height);
        return (int)Math.Clamp(hashes - (index * Width), 0, Width);
    }

    private static string Part(int width) => width == Width ? "" : string.Create(CultureInfo.InvariantCulture, $".p/{width}");

    /// <summary>Groups of three digits, all but the last marked, so that no name is a file and a folder.</summary>
    private static string Place(long index)
    {
        var path = (index % 1000).ToString("d3", CultureInfo.InvariantCulture);
        for (index /= 1000; index > 0; index /= 1000)
        {
            path = $"x{(index % 1000).ToString("d3", CultureInfo.InvariantCulture)}/{path}";
        }

        return path;
    }
}
