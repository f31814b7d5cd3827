namespace PluginHost;

/// <summary>What a call used of one capability.</summary>
/// <param name="Uses">Effects that were allowed.</param>
/// <param name="Bytes">Bytes that they moved, in either direction.</param>
/// <param name="Denied">Demands that were denied.</param>
public readonly record struct HostCallTotal(long Uses, long Bytes, long Denied)
{
    internal bool IsNothing => Uses == 0 && Denied == 0;
}
