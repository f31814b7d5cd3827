namespace PluginHost.Scan;

/// <summary>A rule whose condition holds.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="File">The file that it stands in.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Meta">Its facts: texts, whole numbers, true or false.</param>
/// <param name="Strings">Where its strings were found: the first places of each that is not private.</param>
public sealed record RuleMatch(string Rule, string File, IReadOnlyList<string> Tags, IReadOnlyDictionary<string, object> Meta, IReadOnlyList<StringMatch> Strings);
