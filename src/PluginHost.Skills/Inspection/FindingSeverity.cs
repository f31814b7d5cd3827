namespace PluginHost.Skills.Inspection;

/// <summary>How much a finding weighs.</summary>
internal enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>A person should look at it.</summary>
    Warning,

    /// <summary>The package is refused.</summary>
    Error,
}
