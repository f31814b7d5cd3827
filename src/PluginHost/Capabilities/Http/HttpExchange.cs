namespace PluginHost.Capabilities.Http;

/// <summary>A request of a guest.</summary>
internal sealed record GuestHttpRequest(HttpTarget Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body);

/// <summary>The answer to it.</summary>
internal sealed record GuestHttpResponse(int Status, byte[] Body);
