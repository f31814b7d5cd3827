using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginHost.Skills.Registries;

namespace PluginHost.Library.Registries;

/// <summary>What the registries that a host follows say of packages: which of them must not run, and who may publish under a name.</summary>
/// <param name="root">Where that is kept; null for nowhere.</param>
internal sealed class RegistryWatch(string? root)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated)> _known = new(StringComparer.Ordinal);

    /// <summary>Refuses what a registry killed.</summary>
    /// <exception cref="SkillVerificationException">One did.</exception>
    /// <exception cref="SkillStateException">What is kept of a registry cannot be read.</exception>
    public void Demand(string payload)
    {
        foreach (var (origin, killed, _) in All())
        {
            if (killed.TryGetValue(payload, out var advisory))
            {
                throw new SkillVerificationException("trust", "killed", $"the registry '{origin}', which this host follows, killed it on {advisory.IssuedAt:yyyy-MM-dd}: {advisory.Reason}");
            }
        }
    }

    /// <summary>Whether a registry says that a key may publish under a name.</summary>
    /// <exception cref="SkillStateException">What is kept of a registry cannot be read.</exception>
    public bool IsDelegated(string publisher, string key) => All().Any(registry => registry.Delegated.Contains((publisher, key)));

    private IEnumerable<(string Origin, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated)> All()
    {
        foreach (var registry in root is null ? [] : FollowedRegistry.All(root))
        {
            (DateTime Written, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated) known;
            string origin;
            try
            {
                origin = registry.Origin;
                if (origin.Length == 0)
                {
                    continue;
                }

                var written = registry.Written;
                if (!_known.TryGetValue(origin, out known) || known.Written != written)
                {
                    var killed = registry.Advisories.Where(advisory => advisory.Action == AdvisoryAction.Kill).GroupBy(advisory => advisory.Payload, StringComparer.Ordinal);
                    _known[origin] = known = (
                        written,
                        killed.ToImmutableDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal),
                        [.. registry.Delegations.Select(delegation => (delegation.Publisher, delegation.Key))]);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new SkillStateException("registry", $"what is kept of a registry that is followed cannot be used: {e.Message}", e);
            }

            yield return (origin, known.Killed, known.Delegated);
        }
    }
}
