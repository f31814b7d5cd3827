namespace PluginHost.Consent;

/// <summary>A decision and how it came about.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="How"><c>asked</c>, <c>recorded</c>, <c>inherited</c> or <c>policy</c>.</param>
/// <param name="From">For an inherited one, the payload that was consented to.</param>
internal sealed record ConsentAnswer(ConsentDecision Decision, string How, string? From = null);
