using System.Collections.Immutable;
using PluginHost.Capabilities;
using PluginHost.Sandbox;

namespace PluginHost.Consent;

/// <summary>What the host allows at most, whatever is asked and consented to.</summary>
/// <param name="Withdrawn">Capabilities that no skill gets.</param>
/// <param name="Ceiling">What a call may use.</param>
internal sealed record HostPolicy(ImmutableHashSet<Capability> Withdrawn, GuestLimits Ceiling)
{
    /// <summary>What the quiet capabilities may be raised to by asking for more than the default.</summary>
    public const long MaxQuietBytes = 16 * 1024 * 1024;

    /// <summary>Where it is written what is withdrawn: file and line; null for options.</summary>
    public string? WithdrawnPlace { get; init; }

    /// <summary>Hosts that any skill may reach; null for any that it was granted.</summary>
    public ImmutableHashSet<string>? Hosts { get; init; }

    /// <summary>Whether imports without a grant are refused at load.</summary>
    public bool StrictImports { get; init; }

    /// <summary>The same for a skill that nobody signed: it reaches nothing outside, and keeps nothing but small variables.</summary>
    public HostPolicy OnProbation() => this with
    {
        Withdrawn = Withdrawn.Union([Capability.HttpEgress, Capability.FilesystemWrite, Capability.SecretsUse, Capability.SecretsRead, Capability.Environment, Capability.SkillCall, Capability.HostFunction]),
    };

    public bool Allows(Capability capability) => !Withdrawn.Contains(capability);
}
