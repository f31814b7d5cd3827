using System.Collections.Immutable;
using PluginHost.Skills.Artifacts;
using PluginHost.Skills.Manifests;
using PluginHost.Skills.Transparency;

namespace PluginHost.Skills.Trust;

/// <summary>Palyra's trust store and what is known beside it, at one moment: decides, and says what to keep of a decision.</summary>
/// <param name="Store">Listed keys and pins.</param>
/// <param name="Ledger">Successions, revocations and ratchets.</param>
internal sealed record TrustView(TrustStore Store, TrustLedger Ledger)
{
    /// <summary>After this time a key should be followed by another.</summary>
    private static readonly TimeSpan OldKey = TimeSpan.FromDays(365);

    /// <summary>Before it ends, somebody should be told.</summary>
    private static readonly TimeSpan SoonOver = TimeSpan.FromDays(30);

    /// <summary>The same with what a publisher's key events say.</summary>
    /// <exception cref="SkillVerificationException">Two events were signed for one version.</exception>
    public TrustView After(string publisher, IReadOnlyCollection<KeyEvent> events, DateTimeOffset now)
    {
        var followed = Follow(publisher, events, now);
        return followed.Conflict is { } conflict
            ? throw Refused("equivocation", $"'{publisher}' signed two different key events for version {conflict.Version} ({followed.Keys!.Sets[(int)conflict.Version - 1].Id[..16]} and {conflict.Id[..16]})")
            : With(publisher, followed);
    }

    /// <summary>Follows a publisher's key events; what they lead to is not decided on yet.</summary>
    public FollowedKeys Follow(string publisher, IReadOnlyCollection<KeyEvent> events, DateTimeOffset now)
    {
        var known = Ledger.Publishers.GetValueOrDefault(publisher) ?? (Store.PinOf(publisher) is { } pin ? PublisherKeys.FirstMet(pin, now) : null);

        // A list is the whole truth about its publishers; and whom nobody knows yet is introduced by what its own package holds alone.
        return events.Count == 0 || Store.Lists(publisher)
            ? new FollowedKeys(known, [], null)
            : KeyEvents.Follow(known, events.Where(one => one.Publisher == publisher && (known is not null || !one.IsBeside)), Ledger.RevokedKeys.Keys.ToHashSet(StringComparer.Ordinal), now);
    }

    /// <summary>The same with the keys that events led to.</summary>
    public TrustView With(string publisher, FollowedKeys followed)
    {
        if (followed.Keys is not { } after || followed.Followed.Count == 0)
        {
            return this;
        }

        var isKnown = Ledger.Publishers.ContainsKey(publisher) || Store.PinOf(publisher) is not null;
        var ledger = (Ledger with { Publishers = Ledger.Publishers.SetItem(publisher, after) }).Lowered(publisher);

        // Palyra knows one key for a publisher: the first of those that count now.
        return new TrustView(isKnown ? Store.WithPin(publisher, after.Current().Keys[0]) : Store, ledger);
    }

    /// <summary>What a key is here: it has one role; null for one that is not known.</summary>
    public string? RoleOf(string key, TrustRules rules) => OtherRoleOf(key, rules) ?? (IsPublishers(key) ? "publisher" : null);

    /// <summary>What a key is here beside a publisher's.</summary>
    public string? OtherRoleOf(string key, TrustRules? rules = null) =>
        rules?.OtherRoles.GetValueOrDefault(key)
        ?? (Ledger.Operators?.ContainsKey(key) == true ? "operator"
            : Ledger.Registries?.Values.Any(registry => registry.Key == key) == true || Ledger.FormerRegistryKeys?.Contains(key) == true ? TrustLedger.RegistryRole
            : null);

    /// <summary>Whether a key is listed or pinned for a publisher, or belongs to a succession.</summary>
    public bool IsPublishers(string key) =>
        Store.Listing.Concat(Store.Pins).Any(pair => pair.Key == key) || Ledger.Publishers.Values.Any(publisher => publisher.Sets.Any(set => set.Keys.Contains(key)) || publisher.Former?.Contains(key) == true);

    /// <summary>Decides whether a package may be trusted. Changes nothing.</summary>
    /// <exception cref="SkillVerificationException">It may not.</exception>
    public TrustEvidence Decide(SignedSkill skill, TrustRules rules)
    {
        var publisher = skill.Manifest.Publisher;
        var key = Convert.ToHexStringLower(skill.Signature.PublicKey);
        if (Ledger.RevokedPayloads.TryGetValue(skill.Artifact.Payload, out var reason))
        {
            throw Refused("payload-revoked", $"this very package was revoked: {reason}");
        }

        if (!skill.IsSigned)
        {
            return Unsigned(skill, rules);
        }

        if (OtherRoleOf(key, rules) is { } role)
        {
            throw Refused("key-role", $"the key {skill.Signature.KeyId} is a {role}'s here, and cannot be a publisher's");
        }

        foreach (var revocation in new[] { Ledger.RevokedKeys.GetValueOrDefault(key), Ledger.Publishers.GetValueOrDefault(publisher)?.Revoked.GetValueOrDefault(key) })
        {
            if (revocation is not null && !IsAdmitted(revocation, skill, rules))
            {
                throw Refused("key-revoked", $"the key {skill.Signature.KeyId} was revoked ({revocation.Reason}){(revocation.Cutoff is { } cutoff ? $", and no proof shows that '{cutoff.Log}' had this release before entry {cutoff.Index}" : "")}");
            }
        }

        if (Ledger.Publishers.GetValueOrDefault(publisher)?.Frozen == true)
        {
            throw Refused("frozen", $"'{publisher}' signed two different key events for one version; an operator has to decide");
        }

        if (Ledger.Skills.TryGetValue(skill.Manifest.SkillId, out var known) && known.Publisher != publisher)
        {
            throw Refused("skill-publisher", $"the id '{skill.Manifest.SkillId}' belongs to '{known.Publisher}', whose skill was met first");
        }

        var evidence = OfKey(skill, key, known, rules);
        var downgrade = Ratchet(skill, known);
        return downgrade is null || rules.AllowDowngrade ? evidence with { Downgrade = downgrade } : throw Refused("downgrade", downgrade);
    }

    /// <summary>Checks a level of provenance against the one that the skill once reached.</summary>
    /// <returns>What goes back, by the caller's explicit word; null where nothing does.</returns>
    /// <exception cref="SkillVerificationException">It is lower.</exception>
    public string? CheckProvenance(SignedSkill skill, int level, TrustRules rules)
    {
        if (!skill.IsSigned || !Ledger.Skills.TryGetValue(skill.Manifest.SkillId, out var known) || level >= known.ProvenanceLevel())
        {
            return null;
        }

        var downgrade = $"its provenance reaches SLSA build level {level}, and an earlier version reached {known.ProvenanceLevel()}";
        return rules.AllowDowngrade ? downgrade : throw new SkillVerificationException("provenance", "downgrade", downgrade);
    }

    /// <summary>What to keep once a load was accepted.</summary>
    /// <param name="skill">The package.</param>
    /// <param name="evidence">Why it is trusted.</param>
    /// <param name="provenanceLevel">The SLSA build level that it reached.</param>
    /// <param name="rules">How publishers are trusted.</param>
    /// <param name="places">Where logs have its key's word for it, as far as that was proven.</param>
    public TrustView Accepted(SignedSkill skill, TrustEvidence evidence, int provenanceLevel, TrustRules rules, ImmutableArray<LoggedLink> places = default)
    {
        var (publisher, id) = (skill.Manifest.Publisher, skill.Manifest.SkillId);
        if (evidence.Decision == TrustDecision.Probation)
        {
            return Ledger.Probation.ContainsKey(skill.Artifact.Payload) ? this : this with
            {
                Ledger = Ledger with { Probation = Ledger.Probation.SetItem(skill.Artifact.Payload, new ProbationRecord(id, rules.Now, rules.Now + rules.ProbationTime)) },
            };
        }

        var key = Convert.ToHexStringLower(skill.Signature.PublicKey);
        var view = this;
        if (evidence.Decision is TrustDecision.Pinned or TrustDecision.NewlyPinned)
        {
            var keys = Ledger.Publishers.GetValueOrDefault(publisher) ?? PublisherKeys.FirstMet(key, rules.Now);
            view = new TrustView(evidence.Decision == TrustDecision.NewlyPinned ? Store.WithPin(publisher, keys.Current().Keys[0]) : Store, Ledger with { Publishers = Ledger.Publishers.SetItem(publisher, keys) });
        }

        var record = view.Ledger.Skills.GetValueOrDefault(id) ?? new SkillTrustRecord { Publisher = publisher };
        var version = new SkillVersionRecord(skill.Artifact.Payload, key, provenanceLevel) { Logged = places.IsDefaultOrEmpty ? null : places };
        return view with
        {
            Ledger = view.Ledger with
            {
                Skills = view.Ledger.Skills.SetItem(id, record.With(skill.Manifest.Version, version)),
            },
        };
    }

    private static SkillVerificationException Refused(string rule, string message) => new("trust", rule, message);

    private TrustEvidence OfKey(SignedSkill skill, string key, SkillTrustRecord? known, TrustRules rules)
    {
        var publisher = skill.Manifest.Publisher;
        if (Store.Lists(publisher) || !Ledger.Publishers.TryGetValue(publisher, out var keys))
        {
            var decision = Store.Decide(skill.Signature, rules.AllowFirstUse);
            return new TrustEvidence(decision, decision == TrustDecision.Allowlisted ? 0 : 1, null, [], null);
        }

        // A store that is Palyra's own may have been changed there: what it says and what is known here are two truths.
        if (Store.PinOf(publisher) is { } pinned && !keys.Sets.Any(set => set.Keys.Contains(pinned)))
        {
            throw Refused("key-changed", $"the trust store pins another key for '{publisher}' than those that are known here; 'trust remove' forgets these");
        }

        var current = keys.Current();
        if (!current.Keys.Contains(key))
        {
            // What was known before a key was followed by another stays known; nothing new can be signed with it.
            if (keys.Revoked.GetValueOrDefault(key) is { } revoked && IsAdmitted(revoked, skill, rules))
            {
                return new TrustEvidence(TrustDecision.Pinned, current.Version, keys.Sets[0].Since, [$"signed with a former key of '{publisher}', which says that this was before it was lost"], null);
            }

            return keys.IsFormer(key) && known?.Versions.Values.Any(version => version.Payload == skill.Artifact.Payload) == true
                ? new TrustEvidence(TrustDecision.Pinned, current.Version, keys.Sets[0].Since, [$"signed with a former key of '{publisher}', and known here since that was its key"], null)
                : throw Refused("key-changed", $"the key {skill.Signature.KeyId} is not one of those pinned for '{publisher}'{(keys.IsFormer(key) ? ": it is a former one" : "")}");
        }

        if (current.Expires <= rules.Now)
        {
            throw Refused("keys-expired", $"the keys of '{publisher}' ended at {current.Expires:yyyy-MM-dd}, and no event that follows is known");
        }

        // Keys of a succession that the package itself brought are new here where nothing was pinned before.
        var isNew = Store.PinOf(publisher) is null;
        return isNew && !rules.AllowFirstUse
            ? throw Refused("unknown-publisher", $"nobody vouched for '{publisher}', and trust on first use is off")
            : new TrustEvidence(isNew ? TrustDecision.NewlyPinned : TrustDecision.Pinned, current.Version, current.Since, Warnings(publisher, current, rules.Now), null);
    }

    private static bool IsAdmitted(RevokedKey revoked, SignedSkill skill, TrustRules rules) =>
        revoked.Admits(skill.Artifact.Payload, revoked.Cutoff is null ? [] : rules.LoggedReleases(skill));

    private static ImmutableArray<string> Warnings(string publisher, KeySet current, DateTimeOffset now) =>
    [
        .. now - current.Since > OldKey ? [$"the keys of '{publisher}' are {(now - current.Since).Days} days old: they should be followed by others"] : (string[])[],
        .. current.Expires - now < SoonOver ? [$"the keys of '{publisher}' end at {current.Expires:yyyy-MM-dd}"] : (string[])[],
    ];

    private static string? Ratchet(SignedSkill skill, SkillTrustRecord? known)
    {
        var version = skill.Manifest.Version;
        if (known?.Versions.GetValueOrDefault(version.ToString()) is { } same)
        {
            return same.Payload == skill.Artifact.Payload ? Below(known, version) : $"version {version} was accepted with another payload, {same.Payload}";
        }

        return known is null ? null : Below(known, version);
    }

    private static string? Below(SkillTrustRecord known, SkillVersion version) =>
        known.Highest() is { } highest && version.CompareTo(highest) < 0 ? $"version {version} is older than {highest}, which was accepted here" : null;

    /// <summary>An unsigned package: nobody known may be impersonated by it, and what was once signed never comes back unsigned.</summary>
    private TrustEvidence Unsigned(SignedSkill skill, TrustRules rules)
    {
        var (publisher, id) = (skill.Manifest.Publisher, skill.Manifest.SkillId);
        if (!rules.AllowUnsigned)
        {
            throw new SkillVerificationException("signature", "missing", "the package is not signed");
        }

        if (Ledger.Skills.ContainsKey(id) || Ledger.Publishers.ContainsKey(publisher) || Store.Lists(publisher) || Store.PinOf(publisher) is not null
            || Ledger.Skills.Values.Any(known => known.Publisher == publisher))
        {
            throw Refused("once-signed", $"'{id}' or '{publisher}' was met signed, and this package is not signed: its signature was taken off, or somebody uses the name");
        }

        if (Ledger.Probation.TryGetValue(skill.Artifact.Payload, out var probation) && probation.Expires <= rules.Now)
        {
            throw Refused("probation-over", $"the probation of this package ended at {probation.Expires:yyyy-MM-dd}: adopt it, or remove it");
        }

        return new TrustEvidence(TrustDecision.Probation, 0, probation?.Since, [], null);
    }
}
