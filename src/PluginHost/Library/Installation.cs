namespace PluginHost.Library;

/// <summary>What an installation came to.</summary>
/// <param name="Entry">What is installed.</param>
/// <param name="IsNew">False where another machine had installed it already, and this one joined.</param>
internal sealed record Installation(SkillLibraryEntry Entry, bool IsNew);
