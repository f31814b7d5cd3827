using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginHost.Skills.Manifests;

/// <summary>A version of three numbers of 32 bits each.</summary>
internal readonly partial record struct SkillVersion(uint Major, uint Minor, uint Patch) : IComparable<SkillVersion>
{
    /// <summary>Reads a version; null where it is none. Neither signs nor leading zeros, so that a version has one text.</summary>
    public static SkillVersion? Parse(string text)
    {
        if (!Form().IsMatch(text))
        {
            return null;
        }

        var parts = text.Split('.');
        return Number(parts[0]) is { } major && Number(parts[1]) is { } minor && Number(parts[2]) is { } patch
            ? new SkillVersion(major, minor, patch)
            : null;
    }

    public int CompareTo(SkillVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})\z")]
    private static partial Regex Form();
}
