namespace PluginHost.Skills.Vulnerabilities;

/// <summary>Whether a record is about a version.</summary>
internal enum OsvAnswer
{
    No,
    Yes,

    /// <summary>It cannot be said: the order of the ecosystem is not known, or the range is of commits.</summary>
    Unknown,
}
