namespace PluginHost.Scan.Patterns;

/// <summary>What the automata of one search keep together.</summary>
internal sealed class AutomatonMemory
{
    /// <summary>Bytes of all states of all automata.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    public long Bytes { get; set; }

    public bool IsFull => Bytes > MaxBytes;
}
