namespace PluginHost.Skills.Registries;

/// <summary>What a registry wants done about a version.</summary>
internal enum AdvisoryAction
{
    /// <summary>People should know.</summary>
    Advise,

    /// <summary>It is not offered any more; what has it keeps it.</summary>
    Yank,

    /// <summary>It must not run: hosts that follow the registry quarantine it.</summary>
    Kill,
}
