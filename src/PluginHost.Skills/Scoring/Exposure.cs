namespace PluginHost.Skills.Scoring;

/// <summary>How much power a skill asks for. It is kept apart from how much it is trusted.</summary>
internal enum Exposure
{
    /// <summary>It computes, and reads at most files that it is shown.</summary>
    Low,

    /// <summary>It reaches the network, writes files, calls other skills or reads the environment.</summary>
    Medium,

    /// <summary>It uses secrets or functions of the host, or reaches both the network and files.</summary>
    High,
}
