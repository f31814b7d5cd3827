using PluginHost.Consent;

namespace PluginHost.Hosting;

/// <summary>Asks about single calls where the publisher wants that.</summary>
internal sealed class CallApprovals(HostServices services, ConsentRequest skill)
{
    /// <summary>Asks about one call. The answer is on record before the guest runs.</summary>
    /// <exception cref="SkillConsentException">It was not approved.</exception>
    /// <exception cref="SkillStateException">The answer could not be recorded.</exception>
    public async Task AskAsync(ToolGrant tool, ReadOnlyMemory<byte> input, CallContext context, CancellationToken stop)
    {
        if (!tool.Code.Tool.RequiresApproval)
        {
            return;
        }

        var id = tool.Code.Tool.Id;
        if (services.Approve is not { } approve)
        {
            throw new SkillConsentException("approval-nobody", $"each call of '{id}' needs approval, and nobody is there to ask: options.Approve is not set", skill);
        }

        bool approved;
        try
        {
            approved = await approve(
                new ApprovalRequest
                {
                    SkillId = skill.SkillId,
                    Version = skill.Version,
                    PayloadDigest = skill.PayloadDigest,
                    Tool = skill.Tools.First(offered => offered.Id == id),
                    Input = input,
                    Context = context,
                },
                stop).AsTask().WaitAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not SkillException)
        {
            // Whatever the callback makes of a cancellation, it is one.
            stop.ThrowIfCancellationRequested();
            throw new SkillConsentException("approval-failed", $"asking for approval failed: {e.GetType().Name}", skill, e);
        }

        services.Audit.Append("consent", writer =>
        {
            writer.WriteString("skill", skill.SkillId);
            writer.WriteString("version", skill.Version);
            writer.WriteString("payload", skill.PayloadDigest);
            writer.WriteString("tool", id);
            writer.WriteString("scope", "call");
            writer.WriteString("decision", approved ? "accept" : "refuse");
        });
        if (!approved)
        {
            throw new SkillConsentException("approval-refused", $"this call of '{id}' was not approved", skill);
        }
    }
}
