using System.Collections.Immutable;

namespace PluginHost.Lifecycle;

/// <summary>What can be decided about a version, as lines of the journal.</summary>
internal static class LifecycleDecisions
{
    private const int MaxReason = 2_000;

    /// <summary>Stops a version for good, until an operator signs that it may run again; null where that is so already.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it, or what it is cannot be quarantined.</exception>
    public static LifecycleChange? Quarantine(LifecycleView view, string skill, string version, string reason, string actor, ImmutableSortedDictionary<string, string> evidence) =>
        Known(view, skill, version) is { Hold: not null } ? null : Change(Known(view, skill, version), "quarantined", SkillStatus.Quarantined, reason, actor, evidence);

    /// <summary>Stops some bytes for good.</summary>
    /// <exception cref="SkillVerificationException">What they are cannot be quarantined.</exception>
    public static LifecycleChange Quarantine(VersionState state, string reason, string actor, ImmutableSortedDictionary<string, string> evidence) =>
        Change(state, "quarantined", SkillStatus.Quarantined, reason, actor, evidence);

    /// <summary>Switches a version off; null where that is so already.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it, or what it is cannot be disabled.</exception>
    public static LifecycleChange? Disable(LifecycleView view, string skill, string version, string reason, string actor) =>
        Known(view, skill, version) is { Status: SkillStatus.Disabled } ? null : Change(NotHeld(view, skill, version), "disabled", SkillStatus.Disabled, reason, actor, LifecycleEvidence.None);

    /// <summary>
    /// Lets a version run again; null where it does. A quarantine is lifted by the release alone: of a version whose files are gone it is all that happens.
    /// </summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it, what it is cannot be enabled, or it is quarantined and nothing lifts that.</exception>
    public static LifecycleChange? Enable(LifecycleView view, string skill, string version, string reason, string actor, Func<LifecycleRecord, string>? release)
    {
        var state = Known(view, skill, version);
        if (state.Hold is { } held)
        {
            var evidence = LifecycleEvidence.None.Add(LifecycleEvidence.Release, release?.Invoke(held) ?? throw Refused("release", $"'{skill}' {version} is quarantined ({held.Change.Reason}): lifting that needs the signature of an operator's key"));
            return Change(state, "released", state.Status == SkillStatus.Quarantined ? SkillStatus.Enabled : state.Status, reason, actor, evidence);
        }

        return state.Status switch
        {
            SkillStatus.Enabled => null,
            SkillStatus.RolledBack => Way(state, "enabled", [SkillStatus.RolledBack, SkillStatus.Disabled, SkillStatus.Enabled], reason, actor, LifecycleEvidence.None),
            _ => Change(state, "enabled", SkillStatus.Enabled, reason, actor, LifecycleEvidence.None),
        };
    }

    /// <summary>Where a version stands that somebody has a word to say about.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it.</exception>
    public static VersionState Known(LifecycleView view, string skill, string version) =>
        view.Of(skill, version) ?? throw Refused("unknown-version", $"nothing is known of '{skill}' {version} here");

    private static VersionState NotHeld(LifecycleView view, string skill, string version) => Known(view, skill, version) is { Hold: null } state
        ? state
        : throw Refused("transition", $"'{skill}' {version} is quarantined: an operator's signature lifts that ('pluginhost skills enable')");

    private static LifecycleChange Change(VersionState state, string happened, SkillStatus to, string reason, string actor, ImmutableSortedDictionary<string, string> evidence) =>
        Way(state, happened, state.Status == to ? [to] : [state.Status, to], reason, actor, evidence);

    private static LifecycleChange Way(VersionState state, string happened, ImmutableArray<SkillStatus> way, string reason, string actor, ImmutableSortedDictionary<string, string> evidence)
    {
        foreach (var (from, to) in way.Zip(way.Skip(1)))
        {
            if (!LifecycleRules.Allows(from, to))
            {
                throw Refused("transition", $"'{state.Last.Change.Skill}' {state.Last.Change.Version} is {StatusNames.Of(from)}, and cannot become {StatusNames.Of(to)}");
            }
        }

        return state.Last.Change with
        {
            Event = happened,
            Way = way,
            Actor = actor,
            Reason = reason.Length <= MaxReason ? reason : reason[..MaxReason],
            Evidence = evidence,
            Installed = null,
            Current = null,
        };
    }

    private static SkillVerificationException Refused(string rule, string message) => new("policy", rule, message);
}
