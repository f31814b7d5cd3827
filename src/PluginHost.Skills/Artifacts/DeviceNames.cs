namespace PluginHost.Skills.Artifacts;

/// <summary>Names that Windows takes for devices in any directory, with any extension.</summary>
internal static class DeviceNames
{
    private static readonly string[] Whole = ["con", "prn", "aux", "nul", "conin$", "conout$"];

    public static bool Contain(string name)
    {
        var stem = name.Split('.')[0].TrimEnd(' ').ToLowerInvariant();
        return Whole.Contains(stem)
            || (stem.Length == 4 && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal))
                && (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³'));
    }
}
