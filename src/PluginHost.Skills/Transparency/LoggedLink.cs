namespace PluginHost.Skills.Transparency;

/// <summary>Where a link stands in a log that counts.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Index">Where.</param>
/// <param name="HasQuorum">Whether as many witnesses cosigned as the policy asks for, which may be none.</param>
/// <param name="IsWitnessed">Whether witnesses were asked for, and enough of them cosigned.</param>
internal sealed record LoggedLink(string Origin, long Index, bool HasQuorum, bool IsWitnessed);
