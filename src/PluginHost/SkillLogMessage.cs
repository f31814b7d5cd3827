namespace PluginHost;

/// <summary>A message that a guest logged. The text is the guest's: escape it before you show it.</summary>
/// <param name="SkillId">The skill.</param>
/// <param name="Tool">The tool that ran.</param>
/// <param name="Level"><c>info</c>, <c>warn</c> or <c>error</c>.</param>
/// <param name="Text">The text.</param>
public sealed record SkillLogMessage(string SkillId, string Tool, string Level, string Text);
