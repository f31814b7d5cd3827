using System.Collections.Immutable;
using PluginHost.Skills.Trust;
using PluginHost.State;

namespace PluginHost.Hosting;

/// <summary>What options say about trust in publishers.</summary>
internal static class TrustRoom
{
    /// <exception cref="SkillStateException">The host's own key cannot be read.</exception>
    public static TrustRules Rules(SkillHostOptions options, StateRoot? root) => new()
    {
        AllowFirstUse = options.AllowTrustOnFirstUse,
        AllowUnsigned = options.AllowUnsignedOnProbation,
        OtherRoles = Roles(options, root),
        Now = default,
    };

    /// <summary>Keys that have a role here that is not a publisher's.</summary>
    private static ImmutableDictionary<string, string> Roles(SkillHostOptions options, StateRoot? root)
    {
        var roles = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var builder in options.Provenance.Builders)
        {
            roles[builder.PublicKey.ToLowerInvariant()] = "builder";
        }

        foreach (var narrator in options.Chain.Narrators)
        {
            roles[narrator.PublicKey.ToLowerInvariant()] = narrator.Role;
        }

        foreach (var key in options.OperatorKeys)
        {
            roles[Convert.ToHexStringLower(key)] = "operator";
        }

        if (HostKeyFile.Signer(options.Audit.KeyFile ?? root?.HostKey) is { } host)
        {
            roles[Convert.ToHexStringLower(host.PublicKey)] = "host";
        }

        return roles.ToImmutable();
    }

    /// <summary>Tells what is wrong with the options.</summary>
    public static void Check(SkillHostOptions options, Action<bool, string> require)
    {
        var builders = options.Provenance.Builders.Select(builder => builder.PublicKey.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        foreach (var (publisher, keys) in options.TrustedPublishers)
        {
            require(!(keys ?? []).Any(key => builders.Contains(key.Trim().ToLowerInvariant())), $"TrustedPublishers names a key of '{publisher}' that is a builder's, too: a key has one role");
        }

        require(!options.OperatorKeys.Any(key => builders.Contains(Convert.ToHexStringLower(key))), "Provenance.Builders names a key that is an operator's, too: a key has one role");
    }
}
