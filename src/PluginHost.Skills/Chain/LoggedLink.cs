namespace PluginHost.Skills.Chain;

/// <summary>Where a link stands in a log that counts.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Index">Where.</param>
/// <param name="IsWitnessed">Whether witnesses were asked for, and enough of them cosigned.</param>
internal sealed record LoggedLink(string Origin, long Index, bool IsWitnessed);
