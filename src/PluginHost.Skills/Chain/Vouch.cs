using System.Collections.Immutable;

namespace PluginHost.Skills.Chain;

/// <summary>For whom, or what, somebody answers.</summary>
/// <param name="Key">Lower hex public key; null where it is a skill.</param>
/// <param name="Payload">Payload digest of the skill; null where it is a key.</param>
/// <param name="Capacity">How much trust may flow: 250 for low, 500 for medium, 1000 for high; 125 for a level that is not named.</param>
/// <param name="Scope">What a key is vouched for as: <c>auditor</c>, <c>voucher</c>, <c>builder</c>, <c>publisher:NAME</c>.</param>
/// <param name="Expires">Until when.</param>
internal sealed record Vouch(string? Key, string? Payload, int Capacity, ImmutableHashSet<string> Scope, DateTimeOffset Expires);
