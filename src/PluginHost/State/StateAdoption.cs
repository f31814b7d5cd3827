using PluginHost.Audit;

namespace PluginHost.State;

/// <summary>An operator's word that a state directory counts as it is.</summary>
internal static class StateAdoption
{
    /// <summary>On record first, in a log of its own.</summary>
    public static void Adopt(StateRoot root, IStateAnchor anchor, string who, string reason, TimeProvider time)
    {
        var settings = AuditSettings.Default with { Durability = AuditDurability.EachRecord, Signer = HostKeyFile.Signer(root.HostKey) };
        using var audit = AuditLog.Open(root.NewAuditFile(time), time, settings);
        audit.Append("lifecycle", writer =>
        {
            writer.WriteString("event", "state-adopted");
            writer.WriteString("who", who);
            writer.WriteString("reason", reason);
        });
        var before = StateGuard.Adopt(root, anchor, time);
        audit.Append("lifecycle", writer =>
        {
            writer.WriteString("event", "anchor-replaced");
            writer.WriteString("state", before?.State ?? "");
            writer.WriteNumber("generation", before?.Generation ?? 0);
            writer.WriteString("head", before?.AuditHead ?? "");
        });
    }
}
