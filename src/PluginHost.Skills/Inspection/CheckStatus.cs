namespace PluginHost.Skills.Inspection;

/// <summary>How a check of the static audit ended.</summary>
internal enum CheckStatus
{
    Pass,
    Warn,
    Fail,
    Skipped,
}
