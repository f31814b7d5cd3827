using System.Collections.Immutable;
using PluginHost.Skills.Toml;

namespace PluginHost.Skills.Manifests;

/// <summary>What <c>skill.toml</c> says: who the skill is, which tools it has, and what it asks for.</summary>
internal sealed record SkillManifest
{
    public required int ManifestVersion { get; init; }

    public required string SkillId { get; init; }

    public required string Name { get; init; }

    public required SkillVersion Version { get; init; }

    public required string Publisher { get; init; }

    public required ImmutableArray<ManifestTool> Tools { get; init; }

    public required ManifestCapabilities Capabilities { get; init; }

    public required ManifestCompatibility Compatibility { get; init; }

    /// <summary>Digests that the files must have, by path.</summary>
    public required ImmutableSortedDictionary<string, string> Integrity { get; init; }

    /// <summary>The default tool, its module and entrypoint, where the manifest names them.</summary>
    public required ManifestPlugin? Plugin { get; init; }
}

/// <summary>A tool.</summary>
internal sealed record ManifestTool(
    string Id, string Name, string Description, TomlTable InputSchema, TomlTable OutputSchema, bool IsSensitive, bool RequiresApproval);

/// <summary>What a skill asks for.</summary>
internal sealed record ManifestCapabilities
{
    public ImmutableArray<string> ReadRoots { get; init; } = [];

    public ImmutableArray<string> WriteRoots { get; init; } = [];

    public ImmutableArray<string> Hosts { get; init; } = [];

    public ImmutableArray<ManifestSecrets> Secrets { get; init; } = [];

    public ImmutableArray<string> Devices { get; init; } = [];

    public ImmutableArray<string> Nodes { get; init; } = [];

    public ManifestQuotas Quotas { get; init; } = new();
}

/// <summary>Secrets of one scope.</summary>
internal sealed record ManifestSecrets(string Scope, ImmutableArray<string> Keys);

/// <summary>What one call may use.</summary>
internal sealed record ManifestQuotas
{
    public TimeSpan WallClock { get; init; } = TimeSpan.FromSeconds(30);

    public long Fuel { get; init; } = 10_000_000;

    public long MemoryBytes { get; init; } = 64 * 1024 * 1024;
}

/// <summary>Which hosts the skill is made for.</summary>
internal sealed record ManifestCompatibility(long ProtocolMajor, SkillVersion MinimumHost, SkillVersion? MaximumHost);

/// <summary>The default tool and the code behind it.</summary>
internal sealed record ManifestPlugin(string? DefaultTool, string? DefaultModule, string? DefaultEntrypoint);
