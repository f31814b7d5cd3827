namespace PluginHost;

/// <summary>Somebody whose word about skills counts.</summary>
/// <param name="PublicKey">The Ed25519 key, 64 hexadecimal digits. A key has one role.</param>
/// <param name="Name">What people call the narrator.</param>
/// <param name="Role"><c>auditor</c>, <c>voucher</c> or <c>builder</c>.</param>
public sealed record SkillNarrator(string PublicKey, string Name, string Role);
