using PluginHost.Audit;
using PluginHost.Gate;
using PluginHost.Sandbox;

namespace PluginHost.Hosting;

/// <summary>What goes on record of a skill's calls that their guests do not write.</summary>
internal sealed class SkillRecords(AuditLog audit, SkillIdentity skill, AuditQuota quota)
{
    /// <summary>No call begins where it could not be recorded. What is refused here would only add to what is too much already, so it is counted.</summary>
    /// <exception cref="SkillStateException">The audit log takes no records.</exception>
    /// <exception cref="SkillLimitException">The skill has put too much on record.</exception>
    public void Check()
    {
        audit.Check();
        if (quota.IsSpent)
        {
            quota.Refuse();
            throw new SkillLimitException("limit.audit", $"the calls of '{skill.Skill}' have put as much on record as they may in a minute");
        }

        RecordRefused();
    }

    /// <summary>Puts on record how many calls were refused since the last time.</summary>
    public void RecordRefused()
    {
        if (quota.TakeRefused() is var calls and > 0)
        {
            audit.AppendAfter("refusal", writer =>
            {
                writer.WriteString("code", "limit.audit");
                writer.WriteString("skill", skill.Skill);
                writer.WriteString("version", skill.Version);
                writer.WriteString("payload", skill.Payload);
                writer.WriteNumber("calls", calls);
            }, out _);
        }
    }

    /// <summary>A call that was refused before its guest ran is on record, too.</summary>
    public void NeverBegan(GuestRequest request, string code) =>
        new GuestCall(audit, skill, request.Tool, request.Context, request.Grant, CancellationToken.None, quota: request.Quota).End(code, TimeSpan.Zero, 0, 0, 0, 0);
}
