namespace PluginHost.Scan.Patterns;

/// <summary>Where a string was found.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="IsMeasured">Whether that is known.</param>
internal readonly record struct Match(int Offset, int Length, bool IsMeasured = true);
