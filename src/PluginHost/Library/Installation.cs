namespace PluginHost.Library;

/// <summary>What an installation came to.</summary>
/// <param name="Entry">What is installed.</param>
/// <param name="Kind">How it came about.</param>
internal sealed record Installation(SkillLibraryEntry Entry, InstallationKind Kind);
