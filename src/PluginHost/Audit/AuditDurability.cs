namespace PluginHost.Audit;

/// <summary>
/// When records reach the disk. Under each of them a record is in the kernel's hands before its effect, so that a process that is
/// killed loses none; they differ in what a power cut may take.
/// </summary>
public enum AuditDurability
{
    /// <summary>At most one group of records, <see cref="AuditOptions.GroupRecords"/>, is lost, and none older than <see cref="AuditOptions.Interval"/>.</summary>
    Group,

    /// <summary>Each record is on the disk before its effect: nothing is lost, and every effect waits for the disk.</summary>
    EachRecord,

    /// <summary>What was recorded in the last <see cref="AuditOptions.Interval"/> is lost.</summary>
    Interval,
}
