using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>Whether a loaded skill may run: what the lifecycle journal says, its probation, and what it did itself.</summary>
internal sealed class SkillStanding(HostServices services, ConsentedSkill skill)
{
    private readonly ConsentRequest _request = skill.Request;
    private readonly bool _isSigned = skill.Inspected.Signed.IsSigned;

    /// <summary>When what nobody signed runs no more; null for what somebody did.</summary>
    private readonly DateTimeOffset? _probationEnds =
        skill.Inspected.Signed.IsSigned ? null : (skill.Inspected.Trusted.Evidence.Since ?? services.Now) + services.Trusts.ProbationTime;

    /// <summary>Why it is not called any more, where that could not be put on record.</summary>
    private volatile string? _misbehaved;

    /// <summary>Asks the lifecycle journal, each time.</summary>
    /// <exception cref="SkillStatusException">It may not run.</exception>
    /// <exception cref="SkillStateException">Whether it may is not known.</exception>
    public void Check()
    {
        if (Blocked() is { } blocked)
        {
            throw blocked;
        }
    }

    /// <summary>What speaks against a call; null where nothing does.</summary>
    public SkillException? Blocked()
    {
        if (_misbehaved is { } reason)
        {
            return new SkillStatusException(_request.SkillId, _request.Version, SkillStatus.Quarantined, reason);
        }

        if (_probationEnds <= services.Now)
        {
            return new SkillStatusException(_request.SkillId, _request.Version, SkillStatus.Probation, "its probation is over");
        }

        try
        {
            return services.Life.Blocked(_request.SkillId, _request.Version, _request.PayloadDigest, _isSigned);
        }
        catch (SkillStateException e)
        {
            return e;
        }
    }

    /// <summary>Why a call was cancelled that nothing else ended.</summary>
    public string Cancelled() => Blocked()?.Code ?? "cancelled";

    /// <summary>Quarantines the skill by its own doing. Where that cannot be put on record, nothing of it is called either.</summary>
    public void Misbehaved(string reason)
    {
        try
        {
            services.Life.QuarantineBytes(_request.PayloadDigest, reason);
        }
        catch (SkillException e)
        {
            _misbehaved = reason;
            services.Audit.AppendAfter("lifecycle", writer =>
            {
                writer.WriteString("event", "quarantine-failed");
                writer.WriteString("skill", _request.SkillId);
                writer.WriteString("version", _request.Version);
                writer.WriteString("code", e.Code);
            }, out _);
        }
    }
}
