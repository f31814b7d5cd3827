namespace PluginHost;

/// <summary>Something that the static audit found and that does not speak against loading the skill by itself.</summary>
/// <param name="Id">The rule that found it.</param>
/// <param name="Severity">Info or warning.</param>
/// <param name="Message">What was found. It may hold what a publisher wrote.</param>
/// <param name="Location">Where: a file of the package, and the place within it.</param>
/// <param name="Advice">What the publisher can do about it.</param>
/// <param name="Source">Who found it.</param>
/// <param name="RuleSet">Lower hex SHA-256 of the rules by which it was found.</param>
public sealed record SkillFinding(string Id, SkillFindingSeverity Severity, string Message, string Location, string Advice, string Source, string RuleSet);
