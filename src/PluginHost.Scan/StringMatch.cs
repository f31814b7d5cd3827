namespace PluginHost.Scan;

/// <summary>Where a string of a rule was found.</summary>
/// <param name="Name">Its name, with the dollar.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
public sealed record StringMatch(string Name, int Offset, int Length);
