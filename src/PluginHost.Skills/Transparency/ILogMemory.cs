namespace PluginHost.Skills.Transparency;

/// <summary>What a host has seen of logs.</summary>
internal interface ILogMemory
{
    /// <summary>Whether a log showed two trees that cannot both be.</summary>
    public bool IsForked(string origin);

    /// <summary>The checkpoint that was seen last; null for none.</summary>
    public Checkpoint? LastOf(string origin);
}
