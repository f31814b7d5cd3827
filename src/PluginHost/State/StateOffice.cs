using PluginHost.Audit;

namespace PluginHost.State;

/// <summary>Where an operator decides something about a state directory, with a log of its own. Each decision is on record before it counts.</summary>
internal abstract class StateOffice : IDisposable
{
    /// <param name="root">The state directory.</param>
    /// <param name="anchor">Its anchor; null where it has none.</param>
    /// <param name="who">Who decides.</param>
    /// <param name="shared">What several machines share; null where nothing is. Disposed with the office.</param>
    /// <exception cref="SkillStateException">The directory is not the one that was anchored, or its log cannot be opened.</exception>
    protected StateOffice(StateRoot root, IStateAnchor? anchor, string who, ISharedState? shared)
    {
        Shared = shared;
        Root = root;
        Who = who;
        Guard = StateGuard.Open(root, anchor, TimeProvider.System, shared?.Id ?? "");
        Files = new TrustFiles(null, root, Guard, [], shared?.Trust);
        var settings = AuditSettings.Default with { Durability = AuditDurability.EachRecord, Signer = HostKeyFile.Signer(root.HostKey), OwnsFolder = true, Checkpointed = Guard.Reached };
        Audit = AuditLog.Open(root.NewAuditFile(TimeProvider.System), TimeProvider.System, settings);
    }

    protected ISharedState? Shared { get; }

    protected StateRoot Root { get; }

    protected StateGuard Guard { get; }

    protected TrustFiles Files { get; }

    protected AuditLog Audit { get; }

    protected string Who { get; }

    public virtual void Dispose()
    {
        Audit.Dispose();
        Shared?.Dispose();
    }

    protected void Record(string type, string happened, string reason, params (string Name, string Value)[] more) => Audit.Append(type, writer =>
    {
        writer.WriteString("event", happened);
        foreach (var (name, value) in more)
        {
            writer.WriteString(name, value);
        }

        writer.WriteString("who", Who);
        writer.WriteString("reason", reason);
    });
}
