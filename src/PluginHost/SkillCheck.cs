namespace PluginHost;

/// <summary>One check of a package.</summary>
/// <param name="Name">Its name, for instance <c>signature</c>.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Detail">What was found.</param>
public sealed record SkillCheck(string Name, SkillCheckStatus Status, string Detail);
