using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using PluginHost.Audit;
using PluginHost.Lifecycle;
using PluginHost.Skills.Artifacts;

namespace PluginHost.Hosting;

/// <summary>What the lifecycle journal has to say when a skill is loaded or called, and what this host writes to it.</summary>
internal sealed class LifecycleRoom(LifecycleJournal journal, AuditLog audit, string actor, ILogger? logger = null)
{
    /// <summary>Who writes what this host decides.</summary>
    public string Actor => actor;

    public LifecycleJournal Journal => journal;

    /// <summary>Refuses a package that somebody decided against, wherever its file lies.</summary>
    /// <exception cref="SkillStatusException">Somebody did.</exception>
    /// <exception cref="SkillStateException">The journal cannot be read.</exception>
    public void Demand(SignedSkill skill)
    {
        if (journal.View.Blocked(skill.Manifest.SkillId, skill.Manifest.Version.ToString(), skill.Artifact.Payload, skill.IsSigned) is { } blocked)
        {
            throw blocked;
        }
    }

    /// <summary>What speaks against a call of a loaded skill; null where nothing does.</summary>
    /// <exception cref="SkillStateException">The journal cannot be read.</exception>
    public SkillStatusException? Blocked(string skill, string version, string payload, bool isSigned)
    {
        var view = journal.View;
        return view.Blocked(skill, version, payload, isSigned)
            ?? (view.Of(payload)?.Status is var status && LifecycleRules.Runs(status ?? SkillStatus.None) ? null : new SkillStatusException(skill, version, status ?? SkillStatus.None, ""));
    }

    /// <summary>Puts on record that a package runs from now on, where that is not known yet.</summary>
    /// <exception cref="SkillStatusException">Somebody decided against it meanwhile.</exception>
    /// <exception cref="SkillStateException">The journal cannot be written.</exception>
    public void Admit(SignedSkill skill, string trust)
    {
        var (id, version) = (skill.Manifest.SkillId, skill.Manifest.Version.ToString());
        Write(view => view.Blocked(id, version, skill.Artifact.Payload, skill.IsSigned) is { } blocked ? throw blocked
            : (view.Of(skill.Artifact.Payload)?.Status ?? SkillStatus.None) is var from && LifecycleRules.Runs(from) && !(from == SkillStatus.Probation && skill.IsSigned) ? null
            : new LifecycleChange
            {
                Event = skill.IsSigned ? "enabled" : "probation",
                Skill = id,
                Version = version,
                Publisher = skill.Manifest.Publisher,
                Payload = skill.Artifact.Payload,
                IsSigned = skill.IsSigned,
                Way = Way(from, skill.IsSigned ? SkillStatus.Enabled : SkillStatus.Probation),
                Actor = Actor,
                Reason = "loaded from a file: every room accepted it",
                Evidence = Evidence((LifecycleEvidence.Trust, trust), (LifecycleEvidence.KeyId, skill.Signature.KeyId)),
            });
    }

    /// <summary>Quarantines a version. One that is quarantined already stays so, for the first reason.</summary>
    /// <exception cref="SkillVerificationException">Nothing is known of it here, or there is nothing left of it.</exception>
    /// <exception cref="SkillStateException">It cannot be put on record.</exception>
    public void Quarantine(Func<LifecycleView, VersionState> which, string reason, string who) =>
        Write(view => LifecycleDecisions.Quarantine(which(view), reason, who, Evidence((LifecycleEvidence.Imposed, LifecycleEvidence.ByOperator))));

    /// <summary>Quarantines what misbehaved, by its bytes: what nobody signed has no other name.</summary>
    /// <exception cref="SkillException">It cannot be put on record.</exception>
    public void QuarantineBytes(string payload, string reason) => Write(view => view.Of(payload) is { } state && LifecycleRules.Allows(state.Status, SkillStatus.Quarantined)
        ? LifecycleDecisions.Quarantine(state, reason, actor, Evidence((LifecycleEvidence.Imposed, LifecycleEvidence.ByLimits)))
        : null);

    /// <summary>Quarantines what a registry killed, where something is known of it here.</summary>
    /// <returns>Whether it was not quarantined before.</returns>
    /// <exception cref="SkillException">It cannot be put on record.</exception>
    public bool QuarantineKilled(string payload, string reason) => Write(view => view.Of(payload) is { } state && state.Status != SkillStatus.Quarantined && LifecycleRules.Allows(state.Status, SkillStatus.Quarantined)
        ? LifecycleDecisions.Quarantine(state, reason, actor, Evidence((LifecycleEvidence.Imposed, LifecycleEvidence.ByRegistry)))
        : null) is not null;

    /// <summary>Writes to the journal, and puts it on record in the audit log just before.</summary>
    public LifecycleRecord? Write(Func<LifecycleView, LifecycleChange?> change)
    {
        var record = Append(change);
        if (record is not null && logger is not null)
        {
            Tell(logger, record.Change);
        }

        return record;
    }

    private static void Tell(ILogger logger, LifecycleChange made)
    {
        var level = made.To == SkillStatus.Quarantined ? LogLevel.Error : LogLevel.Information;
        if (!logger.IsEnabled(level))
        {
            return;
        }

        var (actor, reason, status) = (Printable.Text(made.Actor), Printable.Text(made.Reason), StatusNames.Of(made.To));
        if (level == LogLevel.Error)
        {
            HostLog.Quarantined(logger, made.Skill, made.Version, actor, reason);
        }
        else
        {
            HostLog.StatusChanged(logger, made.Skill, made.Version, status, made.Event, actor, reason);
        }
    }

    private LifecycleRecord? Append(Func<LifecycleView, LifecycleChange?> change) => journal.Change(
        view => change(view) is { } made ? made with { Actor = LifecycleDecisions.Bounded(made.Actor), Reason = LifecycleDecisions.Bounded(made.Reason) } : null,
        made => audit.Append("lifecycle", writer =>
        {
            writer.WriteString("event", made.Event);
            writer.WriteString("skill", made.Skill);
            writer.WriteString("version", made.Version);
            writer.WriteString("payload", made.Payload);
            writer.WriteString("from", StatusNames.Of(made.From));
            writer.WriteString("to", StatusNames.Of(made.To));
            writer.WriteString("actor", made.Actor);
            writer.WriteString("reason", made.Reason);
        }));

    public static ImmutableSortedDictionary<string, string> Evidence(params ReadOnlySpan<(string Name, string Value)> evidence)
    {
        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in evidence)
        {
            builder[name] = value;
        }

        return builder.ToImmutable();
    }

    private static ImmutableArray<SkillStatus> Way(SkillStatus from, SkillStatus to) => from switch
    {
        SkillStatus.Installed => [from, SkillStatus.Verified, SkillStatus.Eligible, to],
        SkillStatus.Verified => [from, SkillStatus.Eligible, to],

        // Bytes that ran unsigned and have a signature now are another skill from here on, with a right to its names.
        SkillStatus.Probation => [from, SkillStatus.Removed, to],
        _ => [from, to],
    };
}
