namespace PluginHost.Registry.Publishing;

/// <summary>A package in a registry.</summary>
/// <param name="Skill">The skill.</param>
/// <param name="Version">Its version.</param>
/// <param name="Publisher">Its publisher.</param>
/// <param name="Payload">Its payload digest.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Links">How many links stand beside it.</param>
/// <param name="Logged">How many of them were put into the log just now.</param>
/// <param name="IsNew">Whether it was not there before.</param>
internal sealed record PublishedSkill(string Skill, string Version, string Publisher, string Payload, string Path, int Links, int Logged, bool IsNew);
