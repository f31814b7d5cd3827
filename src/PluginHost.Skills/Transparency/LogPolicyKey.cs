namespace PluginHost.Skills.Transparency;

/// <summary>A log or a witness that a policy lists.</summary>
/// <param name="Name">What the policy calls it.</param>
/// <param name="Key">Its key; a log's bears the name of its origin.</param>
/// <param name="Address">Where it is reached; null where the policy does not say.</param>
internal sealed record LogPolicyKey(string Name, NoteKey Key, string? Address);
