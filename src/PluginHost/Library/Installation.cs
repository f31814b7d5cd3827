namespace PluginHost.Library;

/// <summary>What an installation came to.</summary>
/// <param name="Entry">What is installed.</param>
/// <param name="Kind">How it came about.</param>
/// <param name="Before">The version in whose place it came; null for none.</param>
internal sealed record Installation(SkillLibraryEntry Entry, InstallationKind Kind, string? Before);
