namespace PluginHost.Skills.Trust;

/// <summary>An operator of this host: who may lift a quarantine.</summary>
/// <param name="Name">What people call the operator.</param>
/// <param name="Since">Since when the key counts.</param>
/// <param name="Until">Until when; null where it still does.</param>
internal sealed record OperatorRecord(string Name, DateTimeOffset Since, DateTimeOffset? Until);
