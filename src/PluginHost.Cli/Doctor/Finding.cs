namespace PluginHost.Cli.Doctor;

/// <summary>What was found where the doctor looked.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What there is to say.</param>
/// <param name="Next">What to do about it; null where nothing is to be done.</param>
internal sealed record Finding(string Check, FindingStatus Status, string Detail, string? Next = null);
