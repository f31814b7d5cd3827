namespace PluginHost.Capabilities.Http;

/// <summary>What one attempt of a request came to.</summary>
/// <param name="Response">The answer.</param>
/// <param name="FollowsRedirects">Whether the grant follows where it leads.</param>
internal sealed record HttpAttempt(GuestHttpResponse Response, bool FollowsRedirects);
