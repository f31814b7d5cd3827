namespace PluginHost.Skills.Chain;

/// <summary>Names of grades, and what a skill of one can score at most.</summary>
internal static class ChainGrades
{
    private static readonly (ChainGrade Grade, string Name, string Meaning, int Cap)[] All =
    [
        (ChainGrade.Fabricated, "mawdu'", "fabricated", 0),
        (ChainGrade.Broken, "munqati'", "broken", 40),
        (ChainGrade.Contradicted, "shadh", "contradicted", 60),
        (ChainGrade.Weak, "da'if", "weak", 60),
        (ChainGrade.Fair, "hasan", "fair", 85),
        (ChainGrade.Sound, "sahih", "sound", 100),
        (ChainGrade.Mass, "mutawatir", "mass", 100),
    ];

    public static string NameOf(ChainGrade grade) => All[(int)grade].Name;

    public static string MeaningOf(ChainGrade grade) => All[(int)grade].Meaning;

    /// <summary>What the score is cut to.</summary>
    public static int CapOf(ChainGrade grade) => All[(int)grade].Cap;

    /// <summary>A grade by its name, with or without the apostrophe, or by its meaning; null for none.</summary>
    public static ChainGrade? Find(string name) =>
        Array.Find(All, entry => entry.Name == name || entry.Name.TrimEnd('\'') == name || entry.Name.Replace("'", "", StringComparison.Ordinal) == name || entry.Meaning == name) is { Name: not null } found ? found.Grade : null;
}
