using System.Collections.Immutable;

namespace PluginHost.Lifecycle;

/// <summary>What can be decided about a version, as lines of the journal.</summary>
internal static class LifecycleDecisions
{
    private const int MaxReason = 2_000;

    /// <summary>Stops a version for good, until an operator signs that it may run again; null where that is so already.</summary>
    /// <exception cref="SkillVerificationException">What it is cannot be quarantined.</exception>
    public static LifecycleChange? Quarantine(VersionState state, string reason, string actor, ImmutableSortedDictionary<string, string> evidence) =>
        state.Hold is not null ? null : Change(state, "quarantined", SkillStatus.Quarantined, reason, actor, evidence);

    /// <summary>Switches a version off; null where that is so already.</summary>
    /// <exception cref="SkillVerificationException">What it is cannot be disabled.</exception>
    public static LifecycleChange? Disable(VersionState state, string reason, string actor) => state switch
    {
        { Hold: not null } => throw Refused("transition", $"{Named(state)} is quarantined: an operator's signature lifts that ('pluginhost skills enable')"),
        { Status: SkillStatus.Disabled } => null,
        _ => Change(state, "disabled", SkillStatus.Disabled, reason, actor, LifecycleEvidence.None),
    };

    /// <summary>
    /// Lets a version run again; null where it does. A quarantine is lifted by the release alone: of a version whose files are gone it is all that happens.
    /// </summary>
    /// <exception cref="SkillVerificationException">What it is cannot be enabled, or it is quarantined and nothing lifts that.</exception>
    public static LifecycleChange? Enable(VersionState state, string reason, string actor, Func<LifecycleRecord, string>? release)
    {
        if (state.Hold is { } held)
        {
            var evidence = LifecycleEvidence.None.Add(
                LifecycleEvidence.Release, release?.Invoke(held) ?? throw Refused("release", $"{Named(state)} is quarantined ({held.Change.Reason}): lifting that needs the signature of an operator's key"));
            return Change(state, "released", state.Status == SkillStatus.Quarantined ? SkillStatus.Enabled : state.Status, reason, actor, evidence);
        }

        return state.Status switch
        {
            SkillStatus.Enabled => null,
            SkillStatus.RolledBack => Way(state, "enabled", [SkillStatus.RolledBack, SkillStatus.Disabled, SkillStatus.Enabled], reason, actor, LifecycleEvidence.None),
            _ => Change(state, "enabled", SkillStatus.Enabled, reason, actor, LifecycleEvidence.None),
        };
    }

    /// <summary>What nobody signed became an operator's own package: the original runs no more.</summary>
    public static LifecycleChange Adopt(VersionState state, string reason, string actor, string adoptedAs) =>
        Change(state, "adopted", SkillStatus.Adopted, reason, actor, LifecycleEvidence.None.Add(LifecycleEvidence.AdoptedAs, adoptedAs));

    /// <summary>What somebody says, cut to what goes on record.</summary>
    public static string Bounded(string text) => text.Length <= MaxReason ? text : text[..MaxReason] + "…";

    /// <summary>Where a version stands that somebody has a word to say about.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it.</exception>
    public static VersionState Known(LifecycleView view, string skill, string version) =>
        view.Of(skill, version) ?? throw Refused("unknown-version", $"nothing is known of '{skill}' {version} here");

    /// <summary>Where some bytes stand: what nobody signed has no other name.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of them.</exception>
    public static VersionState Known(LifecycleView view, string payload) => view.Of(payload) ?? throw Refused("unknown-version", $"nothing is known of the payload {payload} here");

    private static string Named(VersionState state) => $"'{state.Last.Change.Skill}' {state.Last.Change.Version}";

    private static LifecycleChange Change(VersionState state, string happened, SkillStatus to, string reason, string actor, ImmutableSortedDictionary<string, string> evidence) =>
        Way(state, happened, state.Status == to ? [to] : [state.Status, to], reason, actor, evidence);

    private static LifecycleChange Way(VersionState state, string happened, ImmutableArray<SkillStatus> way, string reason, string actor, ImmutableSortedDictionary<string, string> evidence)
    {
        foreach (var (from, to) in way.Zip(way.Skip(1)))
        {
            if (!LifecycleRules.Allows(from, to))
            {
                throw Refused("transition", $"{Named(state)} is {StatusNames.Of(from)}, and cannot become {StatusNames.Of(to)}");
            }
        }

        return state.Last.Change with
        {
            Event = happened,
            Way = way,
            Actor = actor,
            Reason = reason,
            Evidence = evidence,
            Installed = null,
            Current = null,
        };
    }

    private static SkillVerificationException Refused(string rule, string message) => new("policy", rule, message);
}
