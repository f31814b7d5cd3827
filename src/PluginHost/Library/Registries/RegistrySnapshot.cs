using System.Collections.Immutable;
using PluginHost.Skills.Registries;

namespace PluginHost.Library.Registries;

/// <summary>What a registry offered at one time.</summary>
/// <param name="Entries">Its packages.</param>
/// <param name="Timestamp">What it says to hold, and until when that is fresh; null where it says nothing.</param>
/// <param name="Bytes">The timestamp as it was read; empty where there is none.</param>
/// <param name="Key">Lower hex public key that signed both.</param>
internal sealed record RegistrySnapshot(ImmutableArray<RegistryEntry> Entries, RegistryTimestamp? Timestamp, byte[] Bytes, string Key);
