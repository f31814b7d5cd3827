using System.Collections.Concurrent;
using System.Collections.Immutable;
using PluginHost.Skills.Registries;
using PluginHost.Skills.Trust;

namespace PluginHost.Library.Registries;

/// <summary>What the registries that a host follows say of packages: which of them must not run, and who may publish under a name.</summary>
/// <param name="root">Where that is kept; null for nowhere.</param>
internal sealed class RegistryWatch(string? root)
{
    private readonly ConcurrentDictionary<string, ((DateTime, long, DateTime, long) Stamp, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated)> _known = new(StringComparer.Ordinal);

    /// <summary>Refuses what a registry killed.</summary>
    /// <exception cref="SkillVerificationException">One did.</exception>
    /// <exception cref="SkillStateException">What is kept of a registry cannot be read.</exception>
    public void Demand(string payload)
    {
        foreach (var (origin, _, killed, _) in All())
        {
            if (killed.TryGetValue(payload, out var advisory))
            {
                throw new SkillVerificationException("trust", "killed", $"the registry '{origin}', which this host follows, killed it on {advisory.IssuedAt:yyyy-MM-dd}: {advisory.Reason}");
            }
        }
    }

    /// <summary>Whether a registry that is listed now says that a key may publish under a name. What is not listed any more still kills, but lets nobody in.</summary>
    /// <param name="publisher">The name.</param>
    /// <param name="key">The key.</param>
    /// <param name="ledger">The registries that are listed.</param>
    /// <exception cref="SkillStateException">What is kept of a registry cannot be read.</exception>
    public bool IsDelegated(string publisher, string key, TrustLedger ledger) => All().Any(registry => registry.Delegated.Contains((publisher, key)) && IsListed(registry.Origin, registry.Key, ledger));

    /// <summary>The timestamp of a registry that was kept last; null where it is not followed.</summary>
    /// <exception cref="SkillStateException">What is kept of it cannot be read.</exception>
    public RegistryTimestamp? LastOf(Uri address, string key)
    {
        try
        {
            return root is not null && FollowedRegistry.Of(root, address, key).Timestamp is { Length: > 0 } kept ? RegistryTimestamp.Read(kept, Convert.FromHexString(key)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new SkillStateException("registry", $"what is kept of a registry that is followed cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Words against a payload, of people who are believed, that a log of a registry has and a bundle does not; null where there are none.</summary>
    /// <exception cref="SkillStateException">What is kept of a registry cannot be read.</exception>
    public string? KeptBack(string payload, Func<string, bool> isBelieved, IReadOnlySet<string> shown)
    {
        try
        {
            return (root is null ? [] : FollowedRegistry.All(root)).SelectMany(registry => new WithheldFinder([.. registry.LogEntries]).Violations(payload, isBelieved, shown)).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SkillStateException("registry", $"what is kept of a registry that is followed cannot be used: {e.Message}", e);
        }
    }

    private static bool IsListed(string origin, string key, TrustLedger ledger) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var address) && ledger.Registries?.GetValueOrDefault(RemoteRegistry.OriginOf(address)) is { Until: null } listed && listed.Key == key && !ledger.RevokedKeys.ContainsKey(key);

    private IEnumerable<(string Origin, string Key, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated)> All()
    {
        foreach (var registry in root is null ? [] : FollowedRegistry.All(root))
        {
            ((DateTime, long, DateTime, long) Stamp, ImmutableDictionary<string, RegistryAdvisory> Killed, ImmutableHashSet<(string, string)> Delegated) known;
            string origin, key;
            try
            {
                origin = registry.Origin;
                if (origin.Length == 0)
                {
                    continue;
                }

                key = registry.PublicKey;
                var stamp = registry.Stamp;
                if (!_known.TryGetValue(registry.Folder, out known) || known.Stamp != stamp)
                {
                    var killed = registry.Advisories.Where(advisory => advisory.Action == AdvisoryAction.Kill).GroupBy(advisory => advisory.Payload, StringComparer.Ordinal);
                    _known[registry.Folder] = known = (
                        stamp,
                        killed.ToImmutableDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal),
                        [.. registry.Delegations.GroupBy(delegation => delegation.Publisher, StringComparer.Ordinal).Select(group => (group.Key, group.Last().Key))]);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                throw new SkillStateException("registry", $"what is kept of a registry that is followed cannot be used: {e.Message}", e);
            }

            yield return (origin, key, known.Killed, known.Delegated);
        }
    }
}
