using System.Collections.Immutable;
using PluginHost.Audit;
using PluginHost.Skills.Trust;

namespace PluginHost.State;

/// <summary>What an operator decides about trust in a state directory. Each decision is on record before it counts.</summary>
internal sealed class TrustOffice : IDisposable
{
    private readonly StateRoot _root;
    private readonly StateGuard _guard;
    private readonly TrustFiles _files;
    private readonly AuditLog _audit;
    private readonly string _who;

    private TrustOffice(StateRoot root, StateGuard guard, AuditLog audit, string who)
    {
        _root = root;
        _guard = guard;
        _files = new TrustFiles(null, root, guard, []);
        _audit = audit;
        _who = who;
    }

    /// <param name="root">The state directory.</param>
    /// <param name="anchor">Its anchor; null where it has none.</param>
    /// <param name="who">Who decides.</param>
    /// <exception cref="SkillStateException">The directory is not the one that was anchored, or its log cannot be opened.</exception>
    public static TrustOffice Open(StateRoot root, IStateAnchor? anchor, string who)
    {
        var guard = StateGuard.Open(root, anchor, TimeProvider.System);
        var settings = AuditSettings.Default with { Durability = AuditDurability.EachRecord, Signer = HostKeyFile.Signer(root.HostKey), OwnsFolder = true, Checkpointed = guard.Reached };
        return new TrustOffice(root, guard, AuditLog.Open(root.NewAuditFile(TimeProvider.System), TimeProvider.System, settings), who);
    }

    /// <exception cref="SkillStateException">The files cannot be read, or are not the ones that were written last.</exception>
    public TrustView Read() => _files.Read();

    /// <summary>Replaces the store after an alarm, or with another one.</summary>
    public void Replace(TrustStore store, string reason)
    {
        var before = _guard.Trust();
        Record("store-replaced", reason, ("before", before.Now?.ToString() ?? ""));
        Record(TrustFiles.Replace(_root, _guard, store) ? "ledger-kept" : "ledger-lost", reason);
    }

    /// <summary>Lists a key for a publisher.</summary>
    public void Add(string publisher, string key, string reason)
    {
        Record("listed", reason, ("publisher", publisher), ("key", key));
        _files.Change(view => view with { Store = view.Store.With(publisher, key) });
    }

    /// <summary>Forgets a publisher, or one of its keys. What must not go back for its skills stays.</summary>
    public void Remove(string publisher, string? key, string reason)
    {
        if (key is not null && Read().Ledger.Publishers.GetValueOrDefault(publisher) is { } succession && (succession.Sets.Length > 1 || succession.Current().Keys.Length > 1) && succession.Sets.Any(set => set.Keys.Contains(key)))
        {
            throw new FormatException($"the key belongs to a succession of '{publisher}': revoke it, or remove the publisher");
        }

        Record("forgotten", reason, ("publisher", publisher), ("key", key ?? ""));
        _files.Change(view => new TrustView(
            view.Store.Without(publisher, key),
            view.Ledger with
            {
                Publishers = key is null || view.Ledger.Publishers.GetValueOrDefault(publisher)?.Current().Keys.Contains(key) == true ? view.Ledger.Publishers.Remove(publisher) : view.Ledger.Publishers,

                // An id of which no version stands any more is free again.
                Skills = view.Ledger.Skills.RemoveRange(view.Ledger.Skills.Where(pair => key is null && pair.Value.Publisher == publisher && pair.Value.Versions.IsEmpty).Select(pair => pair.Key)),
            }));
    }

    /// <summary>Revokes a key, but for some payloads.</summary>
    public void RevokeKey(string key, string reason, IEnumerable<string> validPayloads)
    {
        Record("key-revoked", reason, ("key", key));
        _files.Change(view => view with { Ledger = view.Ledger.Revoke(key, new RevokedKey { Reason = reason, At = _guard.Now, ValidPayloads = [.. validPayloads] }) });
    }

    /// <summary>Puts on record that a package that nobody signed is made an operator's own, and makes it. The original runs no more.</summary>
    public void Adopted(string original, string skill, string payload, string reason, Action make)
    {
        Record("adopted", reason, ("original", original), ("skill", skill), ("payload", payload));
        make();
        _files.Change(view => view with
        {
            Ledger = view.Ledger with { Probation = view.Ledger.Probation.SetItem(original, new ProbationRecord(skill, view.Ledger.Probation.GetValueOrDefault(original)?.Since ?? _guard.Now, _guard.Now)) },
        });
    }

    /// <summary>Revokes one package.</summary>
    public void RevokePayload(string payload, string reason)
    {
        Record("payload-revoked", reason, ("payload", payload));
        _files.Change(view => view with { Ledger = view.Ledger.RevokePayload(payload, reason) });
    }

    /// <summary>Applies a list of revocations that operators signed.</summary>
    /// <exception cref="FormatException">A newer one was applied.</exception>
    public void Apply(RevocationList list, string reason)
    {
        list.ApplyTo(Read().Ledger, _guard.Now);
        Record("revocations", reason, ("sequence", list.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        _files.Change(view => view with { Ledger = list.ApplyTo(view.Ledger, _guard.Now) });
    }

    /// <summary>Follows key events. Two for one version freeze their publisher, and the proof is kept.</summary>
    /// <returns>Version of each publisher's keys afterwards; 0 for a publisher that is not known here; null for one that is frozen.</returns>
    public IReadOnlyDictionary<string, long?> Apply(IReadOnlyCollection<KeyEvent> events, string reason)
    {
        var versions = new SortedDictionary<string, long?>(StringComparer.Ordinal);
        foreach (var group in events.GroupBy(one => one.Publisher, StringComparer.Ordinal))
        {
            Record("key-events", reason, ("publisher", group.Key));
            _files.Change(view =>
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

    public void Dispose() => _audit.Dispose();

    private TrustView Followed(TrustView view, string publisher, List<KeyEvent> events)
    {
        var followed = view.Follow(publisher, events, _guard.Now);
        if (followed.Conflict is not { } conflict)
        {
            return view.With(publisher, followed);
        }

        ImmutableArray<string> proof = [followed.Keys!.Sets[(int)conflict.Version - 1].Event, Convert.ToBase64String(conflict.Envelope!.Raw.Span)];
        return view with { Ledger = view.Ledger with { Publishers = view.Ledger.Publishers.SetItem(publisher, followed.Keys with { Frozen = true, Proof = proof }) } };
    }

    private void Record(string happened, string reason, params (string Name, string Value)[] more) => _audit.Append("trust", writer =>
    {
        writer.WriteString("event", happened);
        foreach (var (name, value) in more)
        {
            writer.WriteString(name, value);
        }

        writer.WriteString("who", _who);
        writer.WriteString("reason", reason);
    });
}
