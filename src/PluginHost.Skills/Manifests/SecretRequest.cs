namespace PluginHost.Skills.Manifests;

/// <summary>A secret put into requests: into a header, a query parameter, or as the password of a user.</summary>
internal sealed record SecretRequest(string Secret, string? Header, string? Query, string? BasicUser, string Prefix);
