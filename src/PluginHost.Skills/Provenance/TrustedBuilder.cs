using System.Collections.Immutable;

namespace PluginHost.Skills.Provenance;

/// <summary>A builder whose signature under a statement of provenance counts.</summary>
/// <param name="PublicKey">Its key.</param>
/// <param name="BuilderId">The id that it signs for; one key for two builders is two of these.</param>
/// <param name="MaxLevel">The SLSA build level that it is believed at most.</param>
/// <param name="Parameters">Names of external parameters that its statements may have; empty for any.</param>
internal sealed record TrustedBuilder(byte[] PublicKey, string BuilderId, int MaxLevel, ImmutableArray<string> Parameters);
