namespace PluginHost.Skills.Attestations;

/// <summary>Where evidence was found.</summary>
internal enum EvidencePlace
{
    /// <summary>In the package, so that its publisher has signed that it belongs there.</summary>
    Inside,

    /// <summary>In a file beside the package, which anyone could have put there.</summary>
    Beside,
}
