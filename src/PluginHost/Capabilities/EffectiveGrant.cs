using System.Collections.Immutable;
using PluginHost.Capabilities.Files;
using PluginHost.Capabilities.Http;

namespace PluginHost.Capabilities;

/// <summary>
/// What a guest may do in one call: what it asked for, what was consented to and what the policy allows, intersected.
/// Immutable. Whatever is not in here is denied.
/// </summary>
internal sealed record EffectiveGrant
{
    /// <summary>Where it was written down.</summary>
    public GrantSource Source { get; init; }

    /// <summary>Where it is written what it holds of a capability: file and line.</summary>
    public ImmutableDictionary<Capability, string> Places { get; init; } = ImmutableDictionary<Capability, string>.Empty;

    /// <summary>What the host's policy takes from every skill.</summary>
    public ImmutableHashSet<Capability> Withdrawn { get; init; } = [];

    /// <summary>Directories, by the root under which the guest sees them.</summary>
    public ImmutableArray<FileGrant> Files { get; init; } = [];

    /// <summary>Hosts that it may send requests to.</summary>
    public ImmutableArray<HttpGrant> Http { get; init; } = [];

    /// <summary>Secrets that the host may put into requests, <c>scope/key</c>, in ordinal order.</summary>
    public ImmutableSortedSet<string> Secrets { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Secrets whose value the guest may read, <c>scope/key</c>.</summary>
    public ImmutableSortedSet<string> ReadableSecrets { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Functions of the embedder that the guest may call.</summary>
    public ImmutableSortedSet<string> HostFunctions { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Tools of other skills that the guest may call.</summary>
    public ImmutableSortedSet<string> CalledTools { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Environment variables that the guest may see, with the values that the embedder gave.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Resolution of clocks; null withdraws them.</summary>
    public TimeSpan? ClockPrecision { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Random bytes a call may draw.</summary>
    public long RandomBytes { get; init; } = 65_536;

    /// <summary>Bytes of variables, keys included; 0 withdraws them.</summary>
    public long VariableBytes { get; init; } = 65_536;

    /// <summary>Bytes of log messages in a call.</summary>
    public long LogBytes { get; init; } = 65_536;

    /// <summary>Bytes a call may write to standard output and standard error together.</summary>
    public long StdioBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Whether anything of a capability is granted.</summary>
    public bool Holds(Capability capability) =>
        capability == Capability.HttpEgress ? !Http.IsEmpty
        : capability == Capability.FilesystemRead ? Files.Any(grant => !grant.IsOwn)
        : capability == Capability.FilesystemWrite ? Files.Any(grant => grant.CanWrite)
        : capability == Capability.SecretsUse ? !Secrets.IsEmpty
        : capability == Capability.SecretsRead ? !ReadableSecrets.IsEmpty
        : capability == Capability.Environment ? !Environment.IsEmpty
        : capability == Capability.HostFunction ? !HostFunctions.IsEmpty
        : capability == Capability.SkillCall ? !CalledTools.IsEmpty
        : !Withdrawn.Contains(capability);
}
