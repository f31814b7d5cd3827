using System.Collections.Immutable;
using PluginHost.Lifecycle;
using PluginHost.Skills.Trust;

namespace PluginHost.State;

/// <summary>What an operator decides about trust in a state directory. Each decision is on record before it counts.</summary>
internal sealed class TrustOffice(StateRoot root, IStateAnchor? anchor, string who, ISharedState? shared = null) : StateOffice(root, anchor, who, shared)
{
    /// <exception cref="SkillStateException">The files cannot be read, or are not the ones that were written last.</exception>
    public TrustView Read() => Files.Read();

    /// <summary>Replaces the store after an alarm, or with another one.</summary>
    public void Replace(TrustStore store, string reason)
    {
        var before = Guard.Trust();
        Record("store-replaced", reason, ("before", before.Now?.ToString() ?? ""));
        Record((Shared is { } fleet ? TrustFiles.Replace(fleet.Trust, store) : TrustFiles.Replace(Root, Guard, store)) ? "ledger-kept" : "ledger-lost", reason);
    }

    /// <summary>Lists a key for a publisher.</summary>
    /// <exception cref="FormatException">The key has another role, or was revoked.</exception>
    public void Add(string publisher, string key, string reason)
    {
        Read().Listed(publisher, key);
        Record("listed", reason, ("publisher", publisher), ("key", key));
        Files.Change(view => view.Listed(publisher, key));
    }

    /// <summary>Pins a key for a publisher that was not met yet: its key events are followed from there.</summary>
    /// <exception cref="FormatException">The publisher is known, or the key is somebody else's.</exception>
    public void Pin(string publisher, string key, string reason)
    {
        Read().Pinned(publisher, key);
        Record("pinned", reason, ("publisher", publisher), ("key", key));
        Files.Change(view => view.Pinned(publisher, key));
    }

    /// <summary>Puts a key into the place of another, on the operator's word alone.</summary>
    /// <exception cref="FormatException">It is not clear which one, or the key is somebody else's.</exception>
    public void Rotate(string publisher, string key, string? former, string reason)
    {
        Read().Rotated(publisher, key, former, Guard.Now);
        Record("rotated", reason, ("publisher", publisher), ("key", key), ("former", former ?? ""));
        Files.Change(view => view.Rotated(publisher, key, former, Guard.Now));
    }

    /// <summary>Takes over what another store says.</summary>
    /// <returns>How many listed keys and pins were added.</returns>
    /// <exception cref="FormatException">It contradicts what is known here; nothing was taken over.</exception>
    public (int Listed, int Pinned) Import(TrustStore other, string reason)
    {
        var (before, after) = (Read().Store, Read().Merged(other).Store);
        foreach (var (publisher, key) in after.Listing.Except(before.Listing))
        {
            Record("listed", reason, ("publisher", publisher), ("key", key));
        }

        foreach (var (publisher, key) in after.Pins.Except(before.Pins))
        {
            Record("pinned", reason, ("publisher", publisher), ("key", key));
        }

        Files.Change(view => view.Merged(other));
        return (after.Listing.Except(before.Listing).Count(), after.Pins.Except(before.Pins).Count());
    }

    /// <summary>Forgets a publisher, or one of its keys. What must not go back for its skills stays.</summary>
    public void Remove(string publisher, string? key, string reason)
    {
        if (key is not null && Read().Ledger.Publishers.GetValueOrDefault(publisher) is { } succession && (succession.Sets.Length > 1 || succession.Current().Keys.Length > 1 || succession.Former is not null) && succession.Sets.Any(set => set.Keys.Contains(key)))
        {
            throw new FormatException($"the key belongs to a succession of '{publisher}': revoke it, or remove the publisher");
        }

        Record("forgotten", reason, ("publisher", publisher), ("key", key ?? ""));
        Files.Change(view => new TrustView(
            view.Store.Without(publisher, key),
            view.Ledger with
            {
                Publishers = key is null || view.Ledger.Publishers.GetValueOrDefault(publisher)?.Current().Keys.Contains(key) == true ? view.Ledger.Publishers.Remove(publisher) : view.Ledger.Publishers,

                // An id of which no version stands any more is free again.
                Skills = view.Ledger.Skills.RemoveRange(view.Ledger.Skills.Where(pair => key is null && pair.Value.Publisher == publisher && pair.Value.Versions.IsEmpty).Select(pair => pair.Key)),
            }));
    }

    /// <summary>Revokes a key, but for some payloads, and for what a log had before.</summary>
    public void RevokeKey(string key, string reason, IEnumerable<string> validPayloads, LogCutoff? cutoff = null)
    {
        Record("key-revoked", reason, ("key", key));
        Files.Change(view => view with { Ledger = view.Ledger.Revoke(key, new RevokedKey { Reason = reason, At = Guard.Now, ValidPayloads = [.. validPayloads], Cutoff = cutoff }) });
    }

    /// <summary>Revokes one package.</summary>
    public void RevokePayload(string payload, string reason)
    {
        Record("payload-revoked", reason, ("payload", payload));
        Files.Change(view => view with { Ledger = view.Ledger.RevokePayload(payload, reason) });
    }

    /// <summary>Applies a list of revocations that operators signed.</summary>
    /// <exception cref="FormatException">A newer one was applied.</exception>
    public void Apply(RevocationList list, string reason)
    {
        list.ApplyTo(Read().Ledger, Guard.Now);
        Record("revocations", reason, ("sequence", list.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Files.Change(view => view with { Ledger = list.ApplyTo(view.Ledger, Guard.Now) });
    }

    /// <summary>Makes a key an operator's: it may lift quarantines, and is nothing else from now on.</summary>
    /// <exception cref="FormatException">It is a publisher's key, or an operator's already.</exception>
    public void AddOperator(string name, string key, string reason)
    {
        Record("operator-added", reason, ("operator", name), ("key", key));
        Files.Change(view =>
        {
            var operators = view.Ledger.Operators ?? OperatorKeys.None;
            return view.IsPublishers(key) ? throw new FormatException("the key is a publisher's: a key has one role")
                : view.OtherRoleOf(key) is TrustLedger.RegistryRole ? throw new FormatException("the key is a registry's: a key has one role")
                : operators.GetValueOrDefault(key) is { Until: null } ? throw new FormatException("the key is an operator's already")
                : operators.ContainsKey(key) ? throw new FormatException("the key was an operator's and was removed: it does not come back")
                : view with { Ledger = view.Ledger with { Operators = operators.Add(key, new OperatorRecord(name, Guard.Now, null)) } };
        });
    }

    /// <summary>Takes an operator's key back. What it lifted stays lifted.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public void RemoveOperator(string key, string reason)
    {
        Record("operator-removed", reason, ("key", key));
        Files.Change(view => view.Ledger.Operators?.GetValueOrDefault(key) is { Until: null } known
            ? view with { Ledger = view.Ledger with { Operators = view.Ledger.Operators.SetItem(key, known with { Until = Guard.Now }) } }
            : throw new FormatException("the key is no operator's"));
    }

    /// <summary>Lists the key that signs the index of a registry. Where it takes the place of another, how far its index has come is forgotten; the other one gets no other role.</summary>
    /// <exception cref="FormatException">The key is somebody else's, or does not count any more.</exception>
    public void AddRegistry(string origin, string key, string reason)
    {
        Record("registry-added", reason, ("registry", origin), ("key", key));
        Files.Change(view =>
        {
            var registries = view.Ledger.Registries ?? ImmutableSortedDictionary.Create<string, RegistryRecord>(StringComparer.Ordinal);
            var known = registries.GetValueOrDefault(origin);
            var former = view.Ledger.FormerRegistryKeys;
            return view.IsPublishers(key) ? throw new FormatException("the key is a publisher's: a key has one role")
                : view.OtherRoleOf(key) is { } role and not TrustLedger.RegistryRole ? throw new FormatException($"the key is an {role}'s: a key has one role")
                : view.Ledger.RevokedKeys.ContainsKey(key) || former?.Contains(key) == true ? throw new FormatException("the key was revoked, or another took its place: it does not come back")
                : known is { Until: null } && known.Key == key ? view
                : view with
                {
                    Ledger = view.Ledger with
                    {
                        Registries = registries.SetItem(origin, known?.Key == key ? known with { Until = null } : RegistryRecord.Listed(key, Guard.Now)),
                        FormerRegistryKeys = known is null || known.Key == key ? former : (former ?? ImmutableSortedSet.Create<string>(StringComparer.Ordinal)).Add(known.Key),
                    },
                };
        });
    }

    /// <summary>Lets a registry count no more. Its key gets no other role.</summary>
    /// <exception cref="FormatException">It is not known.</exception>
    public void RemoveRegistry(string origin, string reason)
    {
        Record("registry-removed", reason, ("registry", origin));
        Files.Change(view => view.Ledger.Registries?.GetValueOrDefault(origin) is { Until: null } known
            ? view with { Ledger = view.Ledger with { Registries = view.Ledger.Registries.SetItem(origin, known with { Until = Guard.Now }) } }
            : throw new FormatException("no such registry is known"));
    }

    /// <summary>Follows key events. Two for one version freeze their publisher, and the proof is kept.</summary>
    /// <returns>Version of each publisher's keys afterwards; 0 for a publisher that is not known here; null for one that is frozen.</returns>
    public IReadOnlyDictionary<string, long?> Apply(IReadOnlyCollection<KeyEvent> events, string reason)
    {
        var versions = new SortedDictionary<string, long?>(StringComparer.Ordinal);
        foreach (var group in events.GroupBy(one => one.Publisher, StringComparer.Ordinal))
        {
            Record("key-events", reason, ("publisher", group.Key));
            Files.Change(view =>
            {
                // Nobody is met for the first time by an event alone: a skill has to come with it.
                if (view.Store.PinOf(group.Key) is null || view.Store.Lists(group.Key))
                {
                    versions[group.Key] = 0;
                    return view;
                }

                var after = Followed(view, group.Key, [.. group]);
                versions[group.Key] = after.Ledger.Publishers.GetValueOrDefault(group.Key) is { } keys ? keys.Frozen ? null : keys.Current().Version : 1;
                return after;
            });
        }

        return versions;
    }

    private TrustView Followed(TrustView view, string publisher, List<KeyEvent> events)
    {
        var followed = view.Follow(publisher, events, Guard.Now);
        if (followed.Conflict is not { } conflict)
        {
            return view.With(publisher, followed);
        }

        ImmutableArray<string> proof = [followed.Keys!.Sets[(int)conflict.Version - 1].Event, Convert.ToBase64String(conflict.Envelope!.Raw.Span)];
        return view with { Ledger = view.Ledger with { Publishers = view.Ledger.Publishers.SetItem(publisher, followed.Keys with { Frozen = true, Proof = proof }) } };
    }

    private void Record(string happened, string reason, params (string Name, string Value)[] more) => Record("trust", happened, reason, more);
}
