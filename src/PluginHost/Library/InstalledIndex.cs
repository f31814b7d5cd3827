using System.Collections.Immutable;
using System.Text.Json;

namespace PluginHost.Library;

/// <summary>The index of installed skills, as Palyra writes it: sorted by id, then by version, one current version for each skill.</summary>
internal sealed record InstalledIndex
{
    public required int SchemaVersion { get; init; }

    public required long UpdatedAtUnixMs { get; init; }

    public required ImmutableArray<InstalledSkill> Entries { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, InstalledJson.Default.InstalledIndex);
}
